import { adjacency, type Edge } from './layers';
import type { Points } from './layout';

const GAP = 26;
const BEND_GAP = 10;
const ORDER_SWEEPS = 6;
const COLUMN_SWEEPS = 8;
/** Vertices that follow each other stay in one column; what passes them gives way. */
const VERTEX_WEIGHT = 10_000;

type Neighbours = (point: number) => Int32Array;

/** The order of each row, and the centre of each point. @param vertices points from here on are bends */
export function placeColumns(
  { ranks, segments }: Points,
  widths: Float64Array,
  vertices: number,
): { rows: Int32Array[]; x: Float64Array } {
  const pairs = segments.flatMap((row) => pairsOf(row));
  const below = adjacency(ranks.length, pairs);
  const above = adjacency(
    ranks.length,
    pairs.map(([from, to]): Edge => [to, from]),
  );
  const rows = rowsOf(ranks, segments.length);
  orderRows(rows, above, below, ranks.length);
  return { rows, x: alignColumns(rows, above, below, widths, vertices) };
}

function pairsOf(row: Int32Array): Edge[] {
  return Array.from({ length: row.length / 2 }, (_, at): Edge => [row[2 * at]!, row[2 * at + 1]!]);
}

function rowsOf(ranks: Int32Array, count: number): Int32Array[] {
  const rows: number[][] = Array.from({ length: count }, () => []);
  for (const [point, rank] of ranks.entries()) rows[rank]!.push(point);
  return rows.map((row) => Int32Array.from(row));
}

/** Points go where their neighbours in the row before are on average, down and up in turn. */
function orderRows(rows: Int32Array[], above: Neighbours, below: Neighbours, count: number): void {
  const places = new Float64Array(count);
  const wanted = new Float64Array(count);
  const number = (row: Int32Array): void => {
    for (const [at, point] of row.entries()) places[point] = at;
  };
  for (const row of rows) number(row);
  for (let sweep = 0; sweep < ORDER_SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[isDown ? at : rows.length - 1 - at]!;
      if (row.length < 2) continue;
      for (const point of row) wanted[point] = mean(places, (isDown ? above : below)(point)) ?? places[point]!;
      row.sort((a, b) => wanted[a]! - wanted[b]! || places[a]! - places[b]!);
      number(row);
    }
  }
}

function alignColumns(
  rows: readonly Int32Array[],
  above: Neighbours,
  below: Neighbours,
  widths: Float64Array,
  vertices: number,
): Float64Array {
  const x = new Float64Array(widths.length);
  const wanted = new Float64Array(widths.length);
  for (const row of rows) placeRow(row, wanted, widths, vertices, x);
  const wish = (neighbours: Int32Array, point: number): number | undefined => {
    const direct = point < vertices ? neighbours.filter((neighbour) => neighbour < vertices) : neighbours;
    return mean(x, direct.length > 0 ? direct : neighbours);
  };
  for (let sweep = 0; sweep <= COLUMN_SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    const isLast = sweep === COLUMN_SWEEPS;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[isDown ? at : rows.length - 1 - at]!;
      for (const point of row) {
        const near = wish((isDown ? above : below)(point), point);
        const other = isLast ? wish((isDown ? below : above)(point), point) : undefined;
        wanted[point] = near === undefined ? (other ?? x[point]!) : (near + (other ?? near)) / 2;
      }
      placeRow(row, wanted, widths, vertices, x);
    }
  }
  return x;
}

/**
 * Centres as near to the wanted ones as the widths allow, in order: the least squares with that constraint, found by joining
 * neighbours that want to overlap into blocks with a common wish (pool adjacent violators).
 */
function placeRow(
  row: Int32Array,
  wanted: Float64Array,
  widths: Float64Array,
  vertices: number,
  x: Float64Array,
): void {
  const offsets = new Float64Array(row.length);
  for (let at = 1; at < row.length; at++) {
    const [left, right] = [row[at - 1]!, row[at]!];
    const gap = left >= vertices || right >= vertices ? BEND_GAP : GAP;
    offsets[at] = offsets[at - 1]! + (widths[left]! + widths[right]!) / 2 + gap;
  }
  const blocks: { wish: number; weight: number; end: number }[] = [];
  for (const [at, point] of row.entries()) {
    let block = { wish: wanted[point]! - offsets[at]!, weight: point < vertices ? VERTEX_WEIGHT : 1, end: at + 1 };
    for (let last = blocks.at(-1); last && last.wish >= block.wish; last = blocks.at(-1)) {
      const weight = last.weight + block.weight;
      block = { wish: (last.wish * last.weight + block.wish * block.weight) / weight, weight, end: block.end };
      blocks.pop();
    }
    blocks.push(block);
  }
  let at = 0;
  for (const { wish, end } of blocks) for (; at < end; at++) x[row[at]!] = wish + offsets[at]!;
}

function mean(values: Float64Array, points: Int32Array): number | undefined {
  if (points.length === 0) return undefined;
  let sum = 0;
  for (const point of points) sum += values[point]!;
  return sum / points.length;
}
