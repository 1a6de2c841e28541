import type { SweepRecord } from '../../core/sweep/record';
import { formatValue } from '../shared/format';
import { sweptTitle } from './columns';
import { type RunRow, sweptKeys } from './rows';
import { tagTitle } from './tags';

/** Places on an axis: 0 is the lower end, 1 the upper one. */
export interface ParallelAxis {
  readonly title: string;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** A trial of a sweep, drawn from axis to axis. */
export interface ParallelLine {
  readonly row: RunRow;
  /** Where it crosses each axis; undefined where it has no value. */
  readonly places: readonly (number | undefined)[];
  /** What it says at each axis. */
  readonly texts: readonly string[];
  /** From 1, the best; undefined as long as it has no result. */
  readonly rank: number | undefined;
}

/** Parallel coordinates (Inselberg 1985): an axis for each swept key and one for the result, a line for each trial. */
export interface ParallelPlot {
  readonly axes: readonly ParallelAxis[];
  /** The best first, those without a result last. */
  readonly lines: readonly ParallelLine[];
}

/** @param rows the trials of this sweep */
export function parallelPlot(rows: readonly RunRow[], sweep: SweepRecord): ParallelPlot {
  const { objective, ranges } = sweep.definition;
  const result = (row: RunRow) => row.best[objective.tag] ?? row.last[objective.tag];
  const sign = objective.direction === 'maximize' ? -1 : 1;
  const ranked = rows
    .filter((row) => Number.isFinite(result(row)))
    .sort((a, b) => sign * ((result(a) ?? 0) - (result(b) ?? 0)));
  const ordered = [...ranked, ...rows.filter((row) => !Number.isFinite(result(row)))];
  const scales = [
    ...sweptKeys(sweep).map((key) => {
      const range = ranges[key];
      const values = ordered.map(({ swept }) => swept[key]);
      return range?.kind === 'interval'
        ? numberScale(sweptTitle(key), values, range.isLogarithmic)
        : choiceScale(sweptTitle(key), values, range?.kind === 'choice' ? range.values : []);
    }),
    // The best is on top, whatever "best" means.
    numberScale(tagTitle(objective.tag), ordered.map(result), false, objective.direction === 'minimize'),
  ];
  const lines = ordered.map(
    (row, at): ParallelLine => ({
      row,
      places: scales.map(({ places }) => places[at]),
      texts: scales.map(({ texts }) => texts[at] ?? ''),
      rank: at < ranked.length ? at + 1 : undefined,
    }),
  );
  return { axes: scales.map(({ title, ticks }) => ({ title, ticks })), lines };
}

/** An axis, and where the lines cross it. */
interface Scale extends ParallelAxis {
  readonly places: readonly (number | undefined)[];
  readonly texts: readonly (string | undefined)[];
}

function numberScale(title: string, values: readonly unknown[], isLogarithmic: boolean, isTurned = false): Scale {
  const numbers = values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined));
  const known = numbers.filter((value) => value !== undefined);
  const [least, most] = known.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const curve = isLogarithmic && least > 0 ? logarithm : identity;
  const [low, high] = [curve.there(least), curve.there(most)];
  const turn = (place: number) => (isTurned ? 1 - place : place);
  const place = (value: number) => turn(high > low ? (curve.there(value) - low) / (high - low) : 0.5);
  const few = [...new Set(known)].sort((a, b) => a - b);
  const marked =
    few.length <= MOST_TICKS ? few : tickPlaces.map((share) => curve.back(low + turn(share) * (high - low)));
  return {
    title,
    ticks: apart(marked.map((value) => ({ at: place(value), text: formatValue(Number(value.toPrecision(3))) }))),
    places: numbers.map((value) => (value === undefined ? undefined : place(value))),
    texts: numbers.map((value) => (value === undefined ? undefined : formatValue(value))),
  };
}

/** @param order in which the values stand from the upper end to the lower; others follow */
function choiceScale(title: string, values: readonly unknown[], order: readonly unknown[]): Scale {
  const texts = values.map((value) => (value === undefined ? undefined : choiceText(value)));
  const present = new Set(texts);
  const ordered = [...new Set([...order.map(choiceText), ...texts])].filter((text) => text !== undefined);
  const names = ordered.filter((text) => present.has(text));
  const place = (text: string) => (names.length < 2 ? 0.5 : 1 - names.indexOf(text) / (names.length - 1));
  return {
    title,
    ticks: apart(names.map((text) => ({ at: place(text), text }))),
    places: texts.map((text) => (text === undefined ? undefined : place(text))),
    texts,
  };
}

function choiceText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Without those that would stand in one another. */
function apart<T extends { readonly at: number }>(ticks: readonly T[]): T[] {
  const kept: T[] = [];
  for (const tick of ticks) if (kept.every(({ at }) => Math.abs(at - tick.at) >= LEAST_DISTANCE)) kept.push(tick);
  return kept;
}

const MOST_TICKS = 6;
const tickPlaces = [0, 0.25, 0.5, 0.75, 1];
const LEAST_DISTANCE = 0.09;
const identity = { there: (value: number) => value, back: (value: number) => value };
const logarithm = { there: Math.log, back: Math.exp };
