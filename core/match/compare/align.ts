import { labelOf } from '../canonical/order';
import { textHash } from '../graph/fingerprint';
import type { GraphNode } from '../graph/graph';

/** `pairs[i]` is the place in `b` of the node that is `a[i]`, or -1. */
export type Alignment = Int32Array;

/**
 * Which node is which: a longest common subsequence of operator and settings over both canonical orders, then, inside the
 * gaps, one of the operators alone, so that a changed setting is a difference and no loss, then one of kinds of operators.
 * Near linear for graphs that agree; names play no part.
 */
export function align(a: readonly GraphNode[], b: readonly GraphNode[]): Alignment {
  const pairs = commonSubsequence(numbered(a, labelOf), numbered(b, labelOf));
  alignGaps(pairs, a, b, (node) => textHash(node.op));
  alignGaps(pairs, a, b, (node) => textHash(kindOf(node)));
  return pairs;
}

type Label = (node: GraphNode) => number;

function numbered(nodes: readonly GraphNode[], label: Label, from = 0, to = nodes.length): Float64Array {
  const numbers = new Float64Array(to - from);
  for (let at = from; at < to; at++) numbers[at - from] = label(nodes[at]!);
  return numbers;
}

const POOLING = new Set(['max_pooling', 'average_pooling', 'MaxPool', 'AveragePool', 'LpPool']);
const GLOBAL_POOLING = new Set(['global_average_pooling', 'global_max_pooling', 'ReduceSum']);
const MERGING = new Set(['add', 'multiply', 'Sub', 'Div', 'Max', 'Min', 'Mean']);
const RECURRENT = new Set(['lstm', 'gru', 'rnn', 'LSTM', 'GRU', 'RNN']);
const ACTIVATION = new Set([
  'activation',
  'Gelu',
  'HardSigmoid',
  'PRelu',
  'prelu',
  'Clip',
  'Celu',
  'Selu',
  'Softsign',
  'ThresholdedRelu',
]);

/** Operators that may be mistaken for each other; a node of no such kind is paired with nothing. */
function kindOf(node: GraphNode): string {
  if (POOLING.has(node.op)) return 'pooling';
  if (GLOBAL_POOLING.has(node.op)) return 'global pooling';
  if (ACTIVATION.has(node.op)) return 'activation';
  if (RECURRENT.has(node.op)) return 'recurrent';
  return MERGING.has(node.op) && node.inputs.length > 1 ? 'merging' : node.op;
}

/** Looks for pairs between the pairs that are there already. */
function alignGaps(pairs: Alignment, a: readonly GraphNode[], b: readonly GraphNode[], label: Label): void {
  let from = 0;
  while (from < a.length) {
    if (pairs[from]! >= 0) {
      from++;
      continue;
    }
    let to = from;
    while (to < a.length && pairs[to]! < 0) to++;
    const low = from > 0 ? pairs[from - 1]! + 1 : 0;
    const high = to < a.length ? pairs[to]! : b.length;
    if (high > low) {
      const inGap = commonSubsequence(numbered(a, label, from, to), numbered(b, label, low, high));
      for (const [index, place] of inGap.entries()) if (place >= 0) pairs[from + index] = low + place;
    }
    from = to;
  }
}

/** Beyond this many edits in a row the best place so far is kept and the search starts again from there. */
const MOST_EDITS = 1500;

/**
 * Myers' greedy algorithm (An O(ND) difference algorithm, 1986) with common ends taken off first: time and memory grow with
 * the number of differences, bounded by `MOST_EDITS`.
 */
export function commonSubsequence<T extends string | number>(a: ArrayLike<T>, b: ArrayLike<T>): Int32Array {
  const pairs = new Int32Array(a.length).fill(-1);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    pairs[start] = start;
    start++;
  }
  const end = { x: a.length, y: b.length };
  while (end.x > start && end.y > start && a[end.x - 1] === b[end.y - 1]) pairs[--end.x] = --end.y;
  const search = new Search(a, b, pairs);
  let at = { x: start, y: start };
  while (at.x < end.x && at.y < end.y) at = search.advance(at, end);
  return pairs;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

class Search<T extends string | number> {
  /**
   * How far each diagonal got in `a`, by number of edits: after `d` edits there are the `d + 1` diagonals -d, -d + 2, ..., d, which
   * begin at `d * (d + 1) / 2`.
   */
  private furthest = new Int32Array(1 << 6);

  constructor(
    private readonly a: ArrayLike<T>,
    private readonly b: ArrayLike<T>,
    private readonly pairs: Int32Array,
  ) {}

  /** Pairs what can be paired from `from` on, as far as `MOST_EDITS` reach, and returns where it got to. */
  advance(from: Place, end: Place): Place {
    const limit = Math.min(end.x - from.x + end.y - from.y, MOST_EDITS);
    let best = { ...from, edits: 0 };
    for (let edits = 0; edits <= limit; edits++) {
      this.makeRoom(edits);
      const reached = this.extend(from, end, edits);
      if (reached.x + reached.y > best.x + best.y) best = { ...reached, edits };
      if (reached.x === end.x && reached.y === end.y) break;
    }
    this.walkBack(from, best, best.edits);
    return best.x + best.y === from.x + from.y ? end : best;
  }

  /**
   * One more edit on every diagonal, then along it as far as both sides agree; returns the furthest place. This is where the
   * time goes: nothing is made in here, and `end` and the rest are looked up beforehand.
   */
  private extend(from: Place, end: Place, edits: number): Place {
    const { a, b, furthest } = this;
    const { x: endX, y: endY } = end;
    const [row, before] = [beginOf(edits), beginOf(edits - 1)];
    let [bestX, bestY] = [from.x, from.y];
    for (let index = 0, diagonal = from.x - from.y - edits; index <= edits; index++, diagonal += 2) {
      let x = edits === 0 ? from.x : startOf(furthest, before, edits, index) + from.x;
      let y = x - diagonal;
      while (x < endX && y < endY && a[x] === b[y]) {
        x++;
        y++;
      }
      furthest[row + index] = x - from.x;
      if (x <= endX && y <= endY && x + y > bestX + bestY) [bestX, bestY] = [x, y];
    }
    return { x: bestX, y: bestY };
  }

  private walkBack(from: Place, to: Place, edits: number): void {
    const { furthest } = this;
    let { x, y } = { x: to.x - from.x, y: to.y - from.y };
    for (let depth = edits; depth > 0; depth--) {
      const index = (depth + x - y) / 2;
      const before = beginOf(depth - 1);
      const start = startOf(furthest, before, depth, index);
      while (x > start) this.pairs[from.x + --x] = from.y + --y;
      if (isDown(furthest, before, depth, index)) y--;
      else x--;
    }
    while (x > 0) this.pairs[from.x + --x] = from.y + --y;
  }

  private makeRoom(edits: number): void {
    if (beginOf(edits + 1) <= this.furthest.length) return;
    const larger = new Int32Array(this.furthest.length * 4);
    larger.set(this.furthest);
    this.furthest = larger;
  }
}

function beginOf(edits: number): number {
  return (edits * (edits + 1)) / 2;
}

/** Where a diagonal begins after so many edits: below the further one of its neighbours, or to the right of it. */
function startOf(furthest: Int32Array, before: number, edits: number, index: number): number {
  const place = before + index;
  return isDown(furthest, before, edits, index) ? furthest[place]! : furthest[place - 1]! + 1;
}

/** Whether the way to a diagonal is an element of `b` that is left out; else it is one of `a`. `before`: where the row before begins. */
function isDown(furthest: Int32Array, before: number, edits: number, index: number): boolean {
  const place = before + index;
  return index === 0 || (index !== edits && furthest[place - 1]! < furthest[place]!);
}
