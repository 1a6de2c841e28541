import { t } from '../../core/l10n';
import { formatDuration, formatMoment, formatValue } from '../shared/format';
import { type RunRow, stateName } from './rows';
import { groupTitle, tagTitle } from './tags';

export interface Column {
  readonly id: string;
  readonly title: string;
  /** Pixels, at least. */
  readonly width: number;
  /** Its share of the width that is left over. */
  readonly grow: number;
  readonly isNumeric: boolean;
  /** What rows are sorted by; undefined comes last in either direction. */
  readonly value: (row: RunRow) => string | number | undefined;
  readonly text: (row: RunRow) => string;
}

export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

/** The columns that these rows have something to say in. */
export function columnsFor(rows: readonly RunRow[]): Column[] {
  const some = (column: Column) => rows.some((row) => column.value(row) !== undefined && column.value(row) !== '');
  return [
    textColumn('name', t('Name'), 180, 2, (row) => row.name),
    textColumn('state', t('State'), 136, 0, (row) => stateName(row.state)),
    ...sweptColumns(rows),
    ...[textColumn('changed', t('Changed'), 140, 2, (row) => row.changed)].filter(some),
    ...[textColumn('purpose', t('Purpose'), 160, 3, (row) => row.purpose)].filter(some),
    ...metricTags(rows).flatMap((tag) => [
      numberColumn(`last ${tag}`, tagTitle(tag), (row) => row.last[tag]),
      ...[
        numberColumn(
          `best ${tag}`,
          t('Best {0}', groupTitle(tag.split('/')[0]!).toLocaleLowerCase()),
          (row) => row.best[tag],
        ),
      ].filter((column) => tag.endsWith('/validation') && some(column)),
    ]),
    ...[numberColumn('learning rate', t('Learning rate'), (row) => row.learningRate)].filter(some),
    {
      id: 'duration',
      title: t('Duration'),
      width: 104,
      grow: 0,
      isNumeric: true,
      value: (row) => row.duration,
      text: (row) => (row.duration === undefined ? '' : formatDuration(row.duration)),
    },
    {
      id: 'started',
      title: t('Started'),
      width: 152,
      grow: 0,
      isNumeric: true,
      value: (row) => row.started?.getTime(),
      text: (row) => (row.started ? formatMoment(row.started) : ''),
    },
  ];
}

/** Sorted by a column; equal rows stay in order. An unknown column leaves the order as it is. */
export function sortRows(
  rows: readonly RunRow[],
  columns: readonly Column[],
  { column, descending }: Sorting,
): RunRow[] {
  const chosen = columns.find(({ id }) => id === column);
  if (!chosen) return [...rows];
  const direction = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: chosen.value(row) }))
    .sort((a, b) => compare(a.value, b.value, direction))
    .map(({ row }) => row);
}

/** One for each key that a sweep of these rows varies, side by side. */
function sweptColumns(rows: readonly RunRow[]): Column[] {
  const keys = [...new Set(rows.flatMap(({ swept }) => Object.keys(swept)))];
  return keys.map((key) => {
    const isNumeric = rows.every(({ swept }) => swept[key] === undefined || typeof swept[key] === 'number');
    const text = (row: RunRow) => {
      const value = row.swept[key];
      if (value === undefined) return '';
      return typeof value === 'string' ? value : JSON.stringify(value);
    };
    const value = (row: RunRow) => (isNumeric ? (row.swept[key] as number | undefined) : text(row) || undefined);
    return { id: `swept ${key}`, title: sweptTitle(key), width: 92, grow: 1, isNumeric, value, text };
  });
}

/** `learning rate` of `model.learning_rate`; of a layer also its name. */
export function sweptTitle(key: string): string {
  const inLayer = /^model\.network\.(.+)$/.exec(key)?.[1];
  return inLayer ?? key.split('.').at(-1)!.replaceAll('_', ' ');
}

/** Tags of results, validation first: everything but learning rate and throughput. */
function metricTags(rows: readonly RunRow[]): string[] {
  const tags = new Set(rows.flatMap(({ last }) => Object.keys(last)));
  const isSetting = (tag: string) => tag === 'learning_rate' || tag.startsWith('throughput/');
  const rank = (tag: string) => (tag.endsWith('/validation') ? 0 : 1);
  return [...tags].filter((tag) => !isSetting(tag)).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function textColumn(id: string, title: string, width: number, grow: number, text: (row: RunRow) => string): Column {
  return { id, title, width, grow, isNumeric: false, value: (row) => text(row) || undefined, text };
}

function numberColumn(id: string, title: string, value: (row: RunRow) => number | undefined): Column {
  const text = (row: RunRow) => {
    const number = value(row);
    return number === undefined ? '' : formatValue(number);
  };
  return { id, title, width: 92, grow: 1, isNumeric: true, value, text };
}

function compare(a: string | number | undefined, b: string | number | undefined, direction: number): number {
  const aMissing = isMissing(a);
  const bMissing = isMissing(b);
  if (aMissing || bMissing) return Number(aMissing) - Number(bMissing);
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  return direction * String(a).localeCompare(String(b), undefined, { numeric: true });
}

const isMissing = (value: string | number | undefined): boolean => value === undefined || Number.isNaN(value);
