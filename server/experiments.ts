import type { Series, SeriesQuery } from '../core/protocol/runs';
import { errorCode, errorMessage, InputError } from '../engine/errors';
import { EventFolder } from '../engine/events';
import { listRuns } from '../engine/runs/store';
import type { Extension } from './context';
import { notify, onRequest } from './requests';
import { RunWatcher } from './runWatcher';

/** Runs and their series, for the Experiments panel and the Runs view; and word of what changes in them. */
export const experiments: Extension = (connection, context) => {
  const watcher = new RunWatcher((folders) => void notify(connection, 'matchdown/runs/changed', { folders }));
  const logs = new OpenLogs();
  context.onShutdown(() => watcher.dispose());
  onRequest(connection, 'matchdown/runs/list', async ({ folders }) => {
    const runs = await listRuns(folders);
    watcher.listed(folders, runs);
    return runs;
  });
  onRequest(connection, 'matchdown/series/read', (query) => logs.read(query));
};

/** The logs read last stay in memory, so that the next question costs what was appended since. */
export class OpenLogs {
  private readonly logs = new Map<string, EventFolder>();

  constructor(private readonly capacity = 50) {}

  async read({ folder, tags, maxPoints }: SeriesQuery): Promise<Series[]> {
    const log = this.open(folder);
    await log.refresh().catch((error: unknown) => {
      throw errorCode(error) === undefined ? error : new InputError({ file: folder, problem: errorMessage(error) });
    });
    return log.read(tags.length > 0 ? tags : log.tags().map(({ tag }) => tag), maxPoints);
  }

  private open(folder: string): EventFolder {
    const log = this.logs.get(folder) ?? new EventFolder(folder);
    this.logs.delete(folder);
    this.logs.set(folder, log);
    const [oldest] = this.logs.keys();
    if (this.logs.size > this.capacity && oldest !== undefined) this.logs.delete(oldest);
    return log;
  }
}
