import type { RunSummary, SeriesQuery } from '../../core/protocol/runs';
import { panelSession, texts } from './panelSession';
import type { PanelOptions, PanelPage } from './panelsPage';
import { sampleSeries } from './panelsRuns';

/** For the tests of a file: opens an Experiments panel on runs, with the curves of the sample. */
export function experimentsSession() {
  const open = panelSession();
  return (runs: () => RunSummary[], options: Partial<PanelOptions> = {}): Promise<PanelPage> =>
    open('experiments', {
      ...options,
      answers: {
        'runs/list': runs,
        'sweeps/list': () => [],
        'runs/toCompare': () => ({ folders: [] }),
        'series/read': (query: SeriesQuery) => sampleSeries(query),
        'run/log': () => null,
        'run/resume': () => null,
        'run/clone': () => null,
        'run/openFolder': () => null,
        'run/stop': () => null,
        'run/match': () => null,
        'run/note': () => null,
        'scheme/run': () => null,
        ...options.answers,
      },
    });
}

export const namesOfRuns = ({ page }: PanelPage) => texts(page.locator('.row .cell-name'));
