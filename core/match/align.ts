import type { GraphNode } from './graph';
import { labelOf } from './order';

/** `pairs[i]` is the place in `b` of the node that is `a[i]`, or -1. */
export type Alignment = Int32Array;

/**
 * Which node is which: a longest common subsequence of operator and settings over both canonical orders, then, inside the
 * gaps, one of the operators alone, so that a changed setting is a difference and no loss, then one of kinds of operators.
 * Near linear for graphs that agree; names play no part.
 */
export function align(a: readonly GraphNode[], b: readonly GraphNode[]): Alignment {
  const pairs = commonSubsequence(a.map(labelOf), b.map(labelOf));
  alignGaps(pairs, a, b, (node) => node.op);
  alignGaps(pairs, a, b, kindOf);
  return pairs;
}

const POOLING = new Set(['max_pooling', 'average_pooling', 'MaxPool', 'AveragePool', 'LpPool']);
const GLOBAL_POOLING = new Set(['global_average_pooling', 'global_max_pooling', 'ReduceSum']);
const MERGING = new Set(['add', 'multiply', 'Sub', 'Div', 'Max', 'Min', 'Mean']);
const RECURRENT = new Set(['lstm', 'gru', 'LSTM', 'GRU', 'RNN']);
const ACTIVATION = new Set([
  'activation',
  'Gelu',
  'HardSigmoid',
  'PRelu',
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
function alignGaps(
  pairs: Alignment,
  a: readonly GraphNode[],
  b: readonly GraphNode[],
  label: (node: GraphNode) => string,
): void {
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
    alignGap(pairs, a.slice(from, to).map(label), b.slice(low, high).map(label), from, low);
    from = to;
  }
}

function alignGap(pairs: Alignment, a: readonly string[], b: readonly string[], from: number, low: number): void {
  if (b.length === 0) return;
  for (const [index, place] of commonSubsequence(a, b).entries()) {
    if (place >= 0) pairs[from + index] = low + place;
  }
}

/** Beyond this many edits in a row the best place so far is kept and the search starts again from there. */
const MOST_EDITS = 1500;

/**
 * Myers' greedy algorithm (An O(ND) difference algorithm, 1986) with common ends taken off first: time and memory grow with
 * the number of differences, bounded by `MOST_EDITS`.
 */
export function commonSubsequence(a: readonly string[], b: readonly string[]): Int32Array {
  const [x, y] = numbered(a, b);
  const pairs = new Int32Array(a.length).fill(-1);
  let start = 0;
  while (start < x.length && start < y.length && x[start] === y[start]) {
    pairs[start] = start;
    start++;
  }
  let xEnd = x.length;
  let yEnd = y.length;
  while (xEnd > start && yEnd > start && x[xEnd - 1] === y[yEnd - 1]) pairs[--xEnd] = --yEnd;
  let at = { x: start, y: start };
  while (at.x < xEnd && at.y < yEnd) at = advance(x, y, at, { x: xEnd, y: yEnd }, pairs);
  return pairs;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Pairs what can be paired from `from` on, as far as `MOST_EDITS` reach, and returns where it got to. */
function advance(x: Int32Array, y: Int32Array, from: Place, end: Place, pairs: Int32Array): Place {
  const n = end.x - from.x;
  const m = end.y - from.y;
  const limit = Math.min(n + m, MOST_EDITS);
  const offset = limit + 1;
  const furthest = new Int32Array(2 * limit + 3);
  const trace: Int32Array[] = [];
  let best = { x: 0, y: 0, edits: 0 };
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down =
        diagonal === -edits ||
        (diagonal !== edits && furthest[offset + diagonal - 1]! < furthest[offset + diagonal + 1]!);
      let i = down ? furthest[offset + diagonal + 1]! : furthest[offset + diagonal - 1]! + 1;
      let j = i - diagonal;
      while (i < n && j < m && x[from.x + i] === y[from.y + j]) {
        i++;
        j++;
      }
      furthest[offset + diagonal] = i;
      if (i <= n && j <= m && i + j > best.x + best.y) best = { x: i, y: j, edits };
      if (i >= n && j >= m) {
        walkBack({ x: n, y: m }, edits, trace, from, pairs);
        return end;
      }
    }
  }
  walkBack(best, best.edits, trace, from, pairs);
  return best.x + best.y === 0 ? end : { x: from.x + best.x, y: from.y + best.y };
}

function walkBack(to: Place, edits: number, trace: readonly Int32Array[], from: Place, pairs: Int32Array): void {
  let { x, y } = to;
  const diagonalPairs = (downTo: number): void => {
    while (x > downTo && y > 0) {
      x--;
      y--;
      pairs[from.x + x] = from.y + y;
    }
  };
  for (let depth = edits; depth > 0; depth--) {
    const furthest = trace[depth]!;
    const offset = depth + 1;
    const diagonal = x - y;
    const down =
      diagonal === -depth ||
      (diagonal !== depth && furthest[offset + diagonal - 1]! < furthest[offset + diagonal + 1]!);
    const previousDiagonal = down ? diagonal + 1 : diagonal - 1;
    const previousX = furthest[offset + previousDiagonal]!;
    diagonalPairs(down ? previousX : previousX + 1);
    x = previousX;
    y = previousX - previousDiagonal;
  }
  diagonalPairs(0);
}

function numbered(a: readonly string[], b: readonly string[]): [Int32Array, Int32Array] {
  const numbers = new Map<string, number>();
  const number = (text: string): number => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  return [Int32Array.from(a, number), Int32Array.from(b, number)];
}
