import type { Series } from '../protocol/runs';
import type { Columns } from './columns';

/**
 * The series as a chart wants it: at most `maxPoints` points, in order of steps, not a number and infinite as `null`.
 *
 * Where a run was restarted without a session log, steps go back. Then a later point replaces the earlier ones of its step
 * and of later steps, which is the rule of TensorBoard's data server, hence of the curves that TensorBoard shows.
 */
export function sampleSeries(tag: string, columns: Columns, maxPoints: number): Series {
  const current = withoutReplaced(columns.steps, columns.count);
  const chosen = extremes(columns.values, current, maxPoints);
  return {
    tag,
    steps: pick(columns.steps, chosen),
    wallTimes: pick(columns.wallTimes, chosen),
    values: pick(columns.values, chosen).map((value) => (Number.isFinite(value) ? value : null)),
    total: current.length,
  };
}

/** Indices of the points that no later point replaces, so that their steps rise. */
export function withoutReplaced(steps: ArrayLike<number>, count: number): Uint32Array {
  const kept = new Uint32Array(count);
  let length = 0;
  for (let at = 0; at < count; at++) {
    while (length > 0 && steps[kept[length - 1]!]! >= steps[at]!) length--;
    kept[length++] = at;
  }
  return kept.subarray(0, length);
}

/**
 * At most `maxPoints` (at least 4) of the points `indices`: the first, the last, and of each of equally long stretches
 * between them the smallest and the largest value, so that no spike is lost. A stretch with a value that is not finite
 * keeps the first such in place of the smallest.
 */
export function extremes(values: ArrayLike<number>, indices: Uint32Array, maxPoints: number): Uint32Array {
  if (indices.length <= maxPoints) return indices;
  const stretches = Math.max(1, Math.floor((maxPoints - 2) / 2));
  const chosen = [indices[0]!];
  const inner = indices.length - 2;
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = 1 + Math.floor((stretch * inner) / stretches);
    const end = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    chosen.push(...extremesOf(values, indices, start, end));
  }
  chosen.push(indices[indices.length - 1]!);
  return Uint32Array.from(chosen);
}

/** One or two indices, in order. */
function extremesOf(values: ArrayLike<number>, indices: Uint32Array, start: number, end: number): number[] {
  let smallest = -1;
  let largest = -1;
  let notFinite = -1;
  for (let at = start; at < end; at++) {
    const value = values[indices[at]!]!;
    if (!Number.isFinite(value)) notFinite = notFinite < 0 ? at : notFinite;
    else {
      if (smallest < 0 || value < values[indices[smallest]!]!) smallest = at;
      if (largest < 0 || value > values[indices[largest]!]!) largest = at;
    }
  }
  const places = new Set([notFinite < 0 ? smallest : notFinite, largest]);
  return [...places]
    .filter((at) => at >= 0)
    .sort((a, b) => a - b)
    .map((at) => indices[at]!);
}

function pick(column: ArrayLike<number>, indices: Uint32Array): number[] {
  return Array.from(indices, (at) => column[at]!);
}
