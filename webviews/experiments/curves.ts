import type { RunSummary, Series } from '../../core/protocol/runs';
import { groupTitle } from './tags';

export type Axis = 'step' | 'epoch' | 'time';

/** One line of a chart. */
export interface Curve {
  readonly run: RunSummary;
  /** Index among the drawn runs: decides colour and marker. */
  readonly style: number;
  /** `train`, `validation`, or empty. */
  readonly part: string;
  readonly x: readonly number[];
  /** `null` where the value is not finite. */
  readonly y: readonly (number | null)[];
  /** Indices at which the run was gone on with, after it had been preempted or stopped. */
  readonly joins: readonly number[];
}

/** The curves of all tags with the same first part: `loss/train` and `loss/validation`. */
export interface CurveGroup {
  readonly name: string;
  readonly title: string;
  /** In the order of their dash patterns; `['']` where the tag has no second part. */
  readonly parts: readonly string[];
  readonly curves: readonly Curve[];
}

export interface DrawnRun {
  readonly run: RunSummary;
  readonly style: number;
  readonly series: readonly Series[];
}

/** Charts in their order: results first, then how it was trained. */
export function groupCurves(runs: readonly DrawnRun[], axis: Axis): CurveGroup[] {
  const byGroup = new Map<string, Curve[]>();
  for (const drawn of runs) {
    for (const series of drawn.series) {
      const [group, part] = splitTag(series.tag);
      const curve = {
        run: drawn.run,
        style: drawn.style,
        part,
        x: horizontal(series, drawn.run, axis),
        y: series.values,
        joins: joinsOf(series, drawn.run),
      };
      byGroup.set(group, [...(byGroup.get(group) ?? []), curve]);
    }
  }
  return [...byGroup]
    .map(([name, curves]) => ({ name, title: groupTitle(name), parts: partsOf(curves), curves }))
    .sort((a, b) => rankOfGroup(a.name) - rankOfGroup(b.name) || (a.name < b.name ? -1 : 1));
}

/** Whether the run knows which step its epochs ended at. */
export function stepsPerEpoch({ record }: RunSummary): number | undefined {
  const progress = record?.progress;
  return progress && progress.epoch > 0 && progress.step > 0 ? progress.step / progress.epoch : undefined;
}

/**
 * Exponential moving average without the pull towards the first value, as in TensorBoard: each value is divided by the
 * weight that all values so far have. Values that are not finite are passed on and left out of the average.
 *
 * @param weight of what came before, from 0 (nothing changes) to below 1
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  let average = 0;
  let known = 0;
  return values.map((value) => {
    if (value === null) return null;
    average = average * weight + (1 - weight) * value;
    known++;
    return weight === 0 ? value : average / (1 - weight ** known);
  });
}

/** Indices at which the values stop being finite: where a curve breaks off. */
export function breaksOf(values: readonly (number | null)[]): number[] {
  return values.flatMap((value, at) => (value === null && (at === 0 || values[at - 1] !== null) ? [at] : []));
}

/** The first point of every attempt but the first. */
export function joinsOf({ wallTimes }: Pick<Series, 'wallTimes'>, { record }: RunSummary): number[] {
  if (!record) return [];
  const resumed = record.history.filter(({ state }, at) => at > 0 && state === 'starting').map(({ time }) => time);
  const attempts = record.attempts?.slice(1).map(({ started }) => started) ?? [];
  const starts = (attempts.length > 0 ? attempts : resumed).map((time) => Date.parse(time) / 1000);
  const joins = starts.map((start) => wallTimes.findIndex((time) => time >= start));
  return [...new Set(joins.filter((at) => at > 0))];
}

/** Index of the point nearest to `x` in a column that rises; -1 in an empty one. */
export function nearest(column: readonly number[], x: number): number {
  let low = 0;
  let high = column.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (column[middle]! <= x) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs(column[high]! - x) < Math.abs(column[low]! - x) ? high : low;
}

/** The group is everything before the first `/`: tags without one are groups of their own. */
function splitTag(tag: string): [group: string, part: string] {
  const slash = tag.indexOf('/');
  return slash < 0 ? [tag, ''] : [tag.slice(0, slash), tag.slice(slash + 1)];
}

function partsOf(curves: readonly Curve[]): string[] {
  const parts = [...new Set(curves.map(({ part }) => part))];
  return parts.sort((a, b) => rankOfPart(a) - rankOfPart(b) || (a < b ? -1 : 1));
}

/** Training is drawn solid, validation dashed, whatever else there is after them. */
function rankOfPart(part: string): number {
  if (/^train/.test(part)) return 0;
  return /^val|^eval/.test(part) ? 1 : 2;
}

const groupRanks = ['loss', 'accuracy'];
const lastGroups = ['learning_rate', 'throughput'];

function rankOfGroup(name: string): number {
  if (groupRanks.includes(name)) return groupRanks.indexOf(name);
  return lastGroups.includes(name) ? 100 + lastGroups.indexOf(name) : 50;
}

/** Steps, epochs where the run tells how many steps one has, or seconds since the series began. */
function horizontal({ steps, wallTimes }: Series, run: RunSummary, axis: Axis): readonly number[] {
  if (axis === 'time') return wallTimes.map((time) => time - wallTimes[0]!);
  const perEpoch = axis === 'epoch' ? stepsPerEpoch(run) : undefined;
  return perEpoch === undefined ? steps : steps.map((step) => step / perEpoch);
}
