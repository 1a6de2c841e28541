/** `count` times the same `length` items, one after the other, from `start`. */
export interface Repeat {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

export interface RepeatOptions {
  /** Items of the shortest block that is worth folding. */
  readonly shortest: number;
  /** Repetitions. */
  readonly fewest: number;
  /** Items that a fold has to hide at least. */
  readonly hides: number;
  /** Whether the items at `at` and `at + period`, which are alike, also stand in the same relation to others. */
  readonly sameRelations?: (at: number, period: number) => boolean;
  /** How many values pass the border before the item: a block begins where the fewest do. */
  readonly crossing?: (at: number) => number;
}

/** Periods that are tried of each kind of evidence; the work is this many passes over the items. */
const MOST_PERIODS = 12;

/**
 * Finds blocks of items that follow each other several times, as the layers of a deep network do. Items are alike when their
 * numbers are equal. The result is in order and does not overlap; of two ways to see a run, the one that hides more is taken.
 * Takes time in proportion to the number of items.
 */
export function findRepeats(items: ArrayLike<number>, options: RepeatOptions): Repeat[] {
  const found = candidatePeriods(items, options.shortest).flatMap((period) => regionsOf(items, period, options));
  const hidden = ({ from, to, period }: Region) => to - from - period;
  found.sort((a, b) => hidden(b) - hidden(a) || a.period - b.period || a.from - b.from);
  const taken: Repeat[] = [];
  for (const region of found) {
    const free = freePart(region, taken);
    const repeat = free && placeBlock(free, options);
    if (repeat) taken.push(repeat);
  }
  return taken.sort((a, b) => a.start - b.start);
}

/** Items in which each but the last `period` ones is like the one a period later. */
interface Region {
  readonly from: number;
  readonly to: number;
  readonly period: number;
}

/**
 * The distances at which items, and stretches of 4 and of 16 of them, come again most often. Stretches see over the small
 * repetitions inside of a large one.
 */
function candidatePeriods(items: ArrayLike<number>, shortest: number): number[] {
  const periods = new Set<number>();
  for (const stretch of [1, 4, 16]) {
    const votes = new Map<number, number>();
    const last = new Map<number, number>();
    const hashes = stretchHashes(items, stretch);
    for (let at = 0; at < hashes.length; at++) {
      const before = last.get(hashes[at]!);
      last.set(hashes[at]!, at);
      if (before === undefined || at - before < shortest) continue;
      votes.set(at - before, (votes.get(at - before) ?? 0) + 1);
    }
    const best = [...votes].sort((a, b) => b[1] * b[0] - a[1] * a[0]).slice(0, MOST_PERIODS);
    for (const [period] of best) periods.add(period);
  }
  return [...periods];
}

/** One number for each stretch of so many items; a collision costs a wrong guess, which is checked. */
function stretchHashes(items: ArrayLike<number>, stretch: number): Int32Array {
  const hashes = new Int32Array(Math.max(0, items.length - stretch + 1));
  for (let at = 0; at < hashes.length; at++) {
    let hash = 17;
    for (let i = 0; i < stretch; i++) hash = (Math.imul(hash, 31) + items[at + i]!) | 0;
    hashes[at] = hash;
  }
  return hashes;
}

function regionsOf(items: ArrayLike<number>, period: number, options: RepeatOptions): Region[] {
  const { fewest, hides, sameRelations = () => true } = options;
  const regions: Region[] = [];
  let from = 0;
  for (let at = 0; at <= items.length - period; at++) {
    const goesOn = at + period < items.length && items[at] === items[at + period] && sameRelations(at, period);
    if (goesOn) continue;
    if (at - from >= Math.max(hides, (fewest - 1) * period)) regions.push({ from, to: at + period, period });
    from = at + 1;
  }
  return regions;
}

/** What of a region no block has been placed in: the longest piece. */
function freePart(region: Region, taken: readonly Repeat[]): Region | undefined {
  const inside = taken
    .map(({ start, length, count }) => ({ from: start, to: start + length * count }))
    .filter(({ from, to }) => from < region.to && to > region.from)
    .sort((a, b) => a.from - b.from);
  let longest: Region | undefined;
  let from = region.from;
  for (const other of [...inside, { from: region.to, to: region.to }]) {
    if (other.from - from > (longest ? longest.to - longest.from : 0)) longest = { ...region, from, to: other.from };
    from = Math.max(from, other.to);
  }
  return longest;
}

/** Where the blocks of a region begin. */
function placeBlock(
  { from, to, period }: Region,
  { fewest, hides, crossing = () => 0 }: RepeatOptions,
): Repeat | undefined {
  let best: Repeat | undefined;
  let fewestCrossing = Number.POSITIVE_INFINITY;
  for (let start = from; start < from + period; start++) {
    const count = Math.floor((to - start) / period);
    if (count < fewest || (count - 1) * period < hides) break;
    const crosses = crossing(start);
    if (crosses > fewestCrossing || (crosses === fewestCrossing && count <= best!.count)) continue;
    best = { start, length: period, count };
    fewestCrossing = crosses;
  }
  return best;
}
