import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { activeStates, type RunState } from '../../core/runs/record';
import type { SweepRecord } from '../../core/sweep/record';

/** A run as the table shows it. */
export interface RunRow {
  readonly folder: string;
  readonly name: string;
  readonly run: RunSummary;
  /** `log`: nothing but TensorBoard logs, so nobody knows. */
  readonly state: RunState | 'log';
  /** Overrides in which the listed runs differ: `learning_rate 0.01`. */
  readonly changed: string;
  readonly purpose: string;
  /** Id of the sweep that it is a trial of; empty for other runs. */
  readonly sweep: string;
  /** What it was given for the keys of its sweep; empty for other runs. */
  readonly swept: Readonly<Record<string, unknown>>;
  /** Last value of each tag. */
  readonly last: Readonly<Record<string, number>>;
  readonly best: Readonly<Record<string, number>>;
  readonly learningRate: number | undefined;
  readonly started: Date | undefined;
  /** Seconds. */
  readonly duration: number | undefined;
  /** Share done, 0 to 1, of a run that is going on. */
  readonly progress: number | undefined;
}

/** @param lastValues of runs without a record, from their logs, by folder */
export function makeRows(
  runs: readonly RunSummary[],
  lastValues: ReadonlyMap<string, Readonly<Record<string, number>>>,
  now = new Date(),
  sweeps: readonly SweepRecord[] = [],
): RunRow[] {
  const differing = differingOverrides(runs);
  const byId = new Map(sweeps.map((sweep) => [sweep.id, sweep]));
  return runs.map((run) => {
    const swept = sweptValues(run, byId.get(run.record?.sweep?.id ?? ''));
    // What has a column of its own is not said twice.
    const own = new Set([...differing].filter((key) => !(key in swept.swept)));
    return { ...makeRow(run, own, lastValues.get(run.folder) ?? {}, now), ...swept };
  });
}

export function isActiveRow({ state }: RunRow): boolean {
  return state !== 'log' && activeStates.includes(state);
}

/** Every word of the filter stands somewhere in what the row says. */
export function matchesFilter(row: RunRow, filter: string): boolean {
  const text = [row.name, stateName(row.state), row.changed, row.purpose, row.folder, ...(row.run.record?.tags ?? [])]
    .join('\n')
    .toLocaleLowerCase();
  return filter
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function stateName(state: RunRow['state']): string {
  switch (state) {
    case 'queued':
      return t('Queued');
    case 'starting':
      return t('Starting');
    case 'running':
      return t('Running');
    case 'finished':
      return t('Finished');
    case 'failed':
      return t('Failed');
    case 'stopped':
      return t('Stopped');
    case 'lost':
      return t('Lost');
    case 'log':
      return t('Log only');
  }
}

/** The overrides that some run has and another one has not, or not with this value. */
export function differingOverrides(runs: readonly RunSummary[]): ReadonlySet<string> {
  const known = runs.flatMap(({ record }) => (record ? [record.overrides] : []));
  const keys = new Set(known.flatMap((overrides) => Object.keys(overrides)));
  const differs = (key: string) => new Set(known.map((overrides) => JSON.stringify(overrides[key]))).size > 1;
  return new Set([...keys].filter(differs));
}

/** The seed is one of the keys where it was swept. */
export function sweptKeys({ definition }: SweepRecord): string[] {
  return [...Object.keys(definition.ranges), ...(definition.seeds.length > 1 ? ['model.seed'] : [])];
}

function sweptValues({ record }: RunSummary, sweep: SweepRecord | undefined): Pick<RunRow, 'sweep' | 'swept'> {
  if (!record?.sweep) return { sweep: '', swept: {} };
  const entries = (sweep ? sweptKeys(sweep) : []).map((key) => [key, record.overrides[key]] as const);
  return { sweep: record.sweep.id, swept: Object.fromEntries(entries.filter(([, value]) => value !== undefined)) };
}

function makeRow(
  run: RunSummary,
  differing: ReadonlySet<string>,
  lastValues: Readonly<Record<string, number>>,
  now: Date,
): Omit<RunRow, 'sweep' | 'swept'> {
  const { record, folder, name } = run;
  const last = record ? { ...record.progress?.last, ...record.metrics.final } : lastValues;
  return {
    folder,
    name,
    run,
    state: record?.state ?? 'log',
    changed: changedText(record?.overrides ?? {}, differing),
    purpose: record?.purpose ?? '',
    last,
    best: record?.metrics.best ?? {},
    learningRate: numberOr(record?.overrides['model.learning_rate'], last.learning_rate),
    ...timesOf(run, now),
  };
}

function changedText(overrides: Readonly<Record<string, unknown>>, differing: ReadonlySet<string>): string {
  return Object.entries(overrides)
    .filter(([key]) => differing.has(key))
    .map(([key, value]) => `${key.split('.').at(-1)} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function timesOf({ record }: RunSummary, now: Date): Pick<RunRow, 'started' | 'duration' | 'progress'> {
  if (!record) return { started: undefined, duration: undefined, progress: undefined };
  const first = record.history.find(({ state }) => state === 'running') ?? record.history[0];
  const started = first && new Date(first.time);
  const active = activeStates.includes(record.state);
  const ended = active ? now : new Date(record.history.at(-1)?.time ?? now);
  const { progress } = record;
  return {
    started,
    duration: started && (ended.getTime() - started.getTime()) / 1000,
    progress: active && progress && progress.epochs > 0 ? Math.min(1, progress.epoch / progress.epochs) : undefined,
  };
}

function numberOr(value: unknown, otherwise: number | undefined): number | undefined {
  return typeof value === 'number' ? value : otherwise;
}
