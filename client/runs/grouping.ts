import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { stateName } from '../../core/runs/states';
import type { Sweep } from '../../engine/sweep/store';
import { runDescription, runLabel } from './presentation';

export const groupings = ['none', 'day', 'scheme', 'state', 'target'] as const;
/** How the Runs view is divided; trials are always below their sweep. */
export type Grouping = (typeof groupings)[number];

/** What the Runs view shows at its top level. */
export type Entry =
  | { readonly kind: 'run'; readonly run: RunSummary }
  | { readonly kind: 'sweep'; readonly sweep: Sweep; readonly runs: readonly RunSummary[] }
  | Group;

export interface Group {
  readonly kind: 'group';
  readonly id: string;
  readonly label: string;
  readonly entries: readonly Entry[];
  readonly runs: readonly RunSummary[];
}

export interface Shown {
  readonly runs: readonly RunSummary[];
  readonly sweeps: readonly Sweep[];
  readonly grouping: Grouping;
  readonly filter: string;
  readonly locale: string;
  readonly now: Date;
}

/** The rows of the Runs view, in the order of the runs: newest first. */
export function entriesOf({ runs, sweeps, grouping, filter, locale, now }: Shown): Entry[] {
  const left = filter.trim() === '' ? runs : runs.filter((run) => matchesFilter(run, filter));
  const isFiltered = left.length < runs.length;
  if (grouping === 'none') return withSweeps(left, sweeps, isFiltered);
  const groups = new Map<string, { label: string; runs: RunSummary[] }>();
  for (const run of left) {
    const { id, label } = groupOf(run, grouping, locale, now);
    const group = groups.get(id) ?? { label, runs: [] };
    group.runs.push(run);
    groups.set(id, group);
  }
  return [...groups].map(([id, { label, runs: own }]) => ({
    kind: 'group',
    id: `${grouping} ${id}`,
    label,
    runs: own,
    entries: withSweeps(own, sweeps, true),
  }));
}

/** Every word stands somewhere in what a row says, or in its id, folder, scheme, target, purpose, tags and changes. */
export function matchesFilter(run: RunSummary, filter: string): boolean {
  const { record } = run;
  const text = [
    runLabel(run),
    runDescription(run),
    run.folder,
    ...(record
      ? [
          stateName(record.state),
          record.scheme.path,
          record.target,
          record.host,
          record.purpose ?? '',
          ...(record.tags ?? []),
          ...Object.entries(record.overrides).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
        ]
      : []),
  ].join('\n');
  const lower = text.toLocaleLowerCase();
  return filter
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

export function groupingName(grouping: Grouping): string {
  const names: Record<Grouping, string> = {
    none: t('Not grouped'),
    day: t('By day'),
    scheme: t('By scheme'),
    state: t('By state'),
    target: t('By target'),
  };
  return names[grouping];
}

/** Trials stand below their sweep, which stands where its newest one would; a sweep without any stands by its own time. */
function withSweeps(runs: readonly RunSummary[], sweeps: readonly Sweep[], onlyWithRuns: boolean): Entry[] {
  const byId = new Map(sweeps.map((sweep) => [sweep.record.id, sweep]));
  const entries = new Map<string, Entry>();
  for (const run of runs) {
    const sweep = byId.get(run.record?.sweep?.id ?? '');
    if (!sweep) {
      entries.set(run.folder, { kind: 'run', run });
      continue;
    }
    const known = entries.get(sweep.folder);
    const trials = known?.kind === 'sweep' ? [...known.runs, run] : [run];
    entries.set(sweep.folder, { kind: 'sweep', sweep, runs: trials });
  }
  const empty = sweeps.filter(({ folder }) => !entries.has(folder) && !onlyWithRuns);
  return [...empty.map((sweep): Entry => ({ kind: 'sweep', sweep, runs: [] })), ...entries.values()];
}

function groupOf(
  { record, folder }: RunSummary,
  grouping: Exclude<Grouping, 'none'>,
  locale: string,
  now: Date,
): { id: string; label: string } {
  if (!record) return { id: 'logs', label: t('TensorBoard logs') };
  switch (grouping) {
    case 'state':
      return { id: record.state, label: stateName(record.state) };
    case 'target':
      return { id: record.target, label: record.target };
    case 'scheme': {
      const file = path.resolve(folder, record.scheme.path);
      return { id: file, label: path.join(path.basename(path.dirname(file)), path.basename(file)) };
    }
    case 'day':
      return dayOf(new Date(record.history[0]?.time ?? 0), locale, now);
  }
}

function dayOf(date: Date, locale: string, now: Date): { id: string; label: string } {
  const id = date.toDateString();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (id === now.toDateString()) return { id, label: t('Today') };
  if (id === yesterday.toDateString()) return { id, label: t('Yesterday') };
  return { id, label: date.toLocaleDateString(locale, { dateStyle: 'medium' }) };
}
