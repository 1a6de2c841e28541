import { Random } from '../random';
import type { SweepDefinition } from './definition';
import { type Range, sizeOf, spread } from './range';

type Values = Readonly<Record<string, unknown>>;

/**
 * Every combination of the ranges' values, the last key changing fastest. Ranges that do not say how many values they have get
 * equally many, as many as the number of trials has room for, at least 2. When there are more combinations than trials, so many
 * of them are drawn.
 */
export function gridConfigurations({ ranges, trials, seed }: SweepDefinition): Values[] {
  const axes = Object.entries(ranges).map(
    ([key, range]) => [key, spread(range, pointsOf(range, ranges, trials))] as const,
  );
  const size = axes.reduce((product, [, values]) => product * values.length, 1);
  const at = (index: number) => combination(axes, index);
  if (size <= trials) return Array.from({ length: size }, (_, index) => at(index));
  return drawn(size, trials, seed).map(at);
}

function pointsOf(range: Range, ranges: Readonly<Record<string, Range>>, trials: number): number {
  const given = givenPoints(range);
  if (given !== undefined) return given;
  const all = Object.values(ranges);
  const open = all.filter((each) => givenPoints(each) === undefined).length;
  const taken = all.reduce((product, each) => product * (givenPoints(each) ?? 1), 1);
  // Rounding must not make 27^(1/3) less than 3.
  const share = Math.floor((trials / taken) ** (1 / open) + 1e-9);
  return Math.min(sizeOf(range), Math.max(2, share));
}

function givenPoints(range: Range): number | undefined {
  return range.kind === 'choice' ? range.values.length : range.points;
}

function combination(axes: readonly (readonly [string, readonly unknown[]])[], index: number): Values {
  const entries: [string, unknown][] = [];
  let rest = index;
  for (const [key, values] of axes.toReversed()) {
    entries.unshift([key, values[rest % values.length]]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(entries);
}

/** `count` different indices, rising; a grid may be too large to be written down. */
function drawn(size: number, count: number, seed: number): number[] {
  const random = new Random(seed, 0x67726964);
  const indices = new Set<number>();
  while (indices.size < count) indices.add(Math.floor(random.uniform() * size));
  return [...indices].sort((a, b) => a - b);
}
