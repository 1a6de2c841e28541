import { t } from '../l10n';
import type { Chart, ChartLine } from './chart';
import type { ReportData, RunReport } from './data';

/** A chart of a note, and the name of the file (in the note's own folder of pictures) that it becomes. */
export interface ReportChart {
  readonly file: string;
  readonly chart: Chart;
}

/** Every chart that a report's notes link to. */
export function reportCharts(report: ReportData): ReportChart[] {
  return report.runs.flatMap(runCharts);
}

export function runCharts(run: RunReport): ReportChart[] {
  return ['loss', 'accuracy', 'error']
    .map((group) => ({ group, lines: chartLines(run, group) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ group, lines }) => ({
      file: `${fileName(run.name)}-${group}.svg`,
      chart: { title: `${group} – ${run.name}`, xLabel: t('optimizer steps'), lines },
    }));
}

function chartLines(run: RunReport, group: string): ChartLine[] {
  const linesOf = (series: RunReport['series'], muted: boolean) =>
    series
      .filter(({ tag }) => tag.startsWith(`${group}/`))
      .map(({ tag, steps, values }) => ({
        label: tag.slice(group.length + 1) + (muted ? ` (${t('before')})` : ''),
        x: steps,
        y: values.map((value) => value ?? Number.NaN),
        dashed: tag.endsWith('/validation'),
        muted,
      }));
  const own = linesOf(run.series, false);
  return own.length > 0 ? [...own, ...linesOf(run.parent?.series ?? [], true)] : [];
}

/** A name that is a file name on every system. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '_') || 'run';
}
