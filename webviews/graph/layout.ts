import { placeColumns } from './columns';
import { type Edge, rankVertices } from './layers';

export interface VertexSize {
  readonly width: number;
  readonly height: number;
  /** Stands at the top, an input of the graph for example. */
  readonly isFixed?: boolean;
}

/**
 * A graph in rows. Points are the vertices, in their order, and behind them the bends at which edges pass a row. Every
 * segment joins a point with one in the next row.
 */
export interface Layout {
  readonly vertices: number;
  /** Centres of all points. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly widths: Float64Array;
  readonly heights: Float64Array;
  /** The points of each row from left to right. */
  readonly rows: readonly Int32Array[];
  readonly rowTops: Float64Array;
  /** Segments that begin in each row: pairs of points. */
  readonly segments: readonly Int32Array[];
  /** The point above each bend; -1 for vertices. */
  readonly above: Int32Array;
  /** Edges over so many rows that they are drawn without bends: pairs of vertices. */
  readonly distant: readonly Edge[];
  /** Left of everything, top, right, bottom. */
  readonly bounds: readonly [number, number, number, number];
}

const ROW_GAP = 34;
/** Bends for each vertex and edge; beyond that the longest edges get none. */
const BENDS_FOR_EACH = 3;
const BENDS_ALWAYS = 10_000;

/**
 * Lays a graph out from top to bottom in time that is nearly linear in its size: rows by the longest way, bends where edges
 * pass rows, an order in each row that crosses few edges, and columns that keep edges straight (the steps of Sugiyama, Tagawa
 * and Toda 1981). Edges from one vertex share their bends, so that a value that is used everywhere is one line.
 */
export function layOut(sizes: readonly VertexSize[], edges: readonly Edge[]): Layout {
  const { ranks, edges: forward } = rankVertices(sizes.length, edges, (vertex) => sizes[vertex]!.isFixed === true);
  const points = bendEdges(ranks, forward);
  const count = points.ranks.length;
  const widths = new Float64Array(count).fill(BEND_WIDTH);
  const heights = new Float64Array(count);
  for (const [vertex, { width, height }] of sizes.entries()) {
    widths[vertex] = width;
    heights[vertex] = height;
  }
  const { rows, x } = placeColumns(points, widths, sizes.length);
  const rowTops = placeRows(rows, heights);
  const y = Float64Array.from(points.ranks, (rank) => (rowTops[rank]! + rowTops[rank + 1]! - ROW_GAP) / 2);
  const { segments, above, distant } = points;
  const bounds = boundsOf(x, widths, rowTops);
  return { vertices: sizes.length, x, y, widths, heights, rows, rowTops, segments, above, distant, bounds };
}

const BEND_WIDTH = 6;

export interface Points {
  readonly ranks: Int32Array;
  readonly above: Int32Array;
  readonly segments: readonly Int32Array[];
  readonly distant: readonly Edge[];
}

function bendEdges(ranks: Int32Array, edges: readonly Edge[]): Points {
  const longest = longestBent(ranks, edges);
  const near: Edge[] = [];
  const distant: Edge[] = [];
  for (const edge of edges) (ranks[edge[1]]! - ranks[edge[0]]! <= longest ? near : distant).push(edge);
  // The nearest target first: the others go on from where its edge ended.
  near.sort((a, b) => a[0] - b[0] || ranks[a[1]]! - ranks[b[1]]!);
  const pointRanks = [...ranks];
  const above = new Array<number>(ranks.length).fill(-1);
  const segments: number[][] = Array.from(
    { length: ranks.reduce((most, rank) => Math.max(most, rank), -1) + 1 },
    () => [],
  );
  let source = -1;
  let end = -1;
  for (const [from, to] of near) {
    if (from !== source) end = from;
    source = from;
    while (pointRanks[end]! < ranks[to]! - 1) {
      const bend = pointRanks.length;
      segments[pointRanks[end]!]!.push(end, bend);
      pointRanks.push(pointRanks[end]! + 1);
      above.push(end);
      end = bend;
    }
    segments[pointRanks[end]!]!.push(end, to);
  }
  return {
    ranks: Int32Array.from(pointRanks),
    above: Int32Array.from(above),
    segments: segments.map((row) => Int32Array.from(row)),
    distant,
  };
}

/** Rows that an edge may pass so that all bends together stay within what a graph of this size may have. */
function longestBent(ranks: Int32Array, edges: readonly Edge[]): number {
  const lengths = new Map<number, number>();
  for (const [from, to] of edges) {
    lengths.set(from, Math.max(lengths.get(from) ?? 0, ranks[to]! - ranks[from]!));
  }
  let left = BENDS_ALWAYS + BENDS_FOR_EACH * (ranks.length + edges.length);
  for (const length of [...lengths.values()].sort((a, b) => a - b)) {
    left -= length - 1;
    if (left < 0) return length - 1;
  }
  return Number.POSITIVE_INFINITY;
}

function placeRows(rows: readonly Int32Array[], heights: Float64Array): Float64Array {
  const tops = new Float64Array(rows.length + 1);
  for (const [rank, row] of rows.entries()) {
    const height = row.reduce((most, point) => Math.max(most, heights[point]!), 0);
    tops[rank + 1] = tops[rank]! + height + ROW_GAP;
  }
  return tops;
}

function boundsOf(x: Float64Array, widths: Float64Array, rowTops: Float64Array): Layout['bounds'] {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  for (const [point, centre] of x.entries()) {
    left = Math.min(left, centre - widths[point]! / 2);
    right = Math.max(right, centre + widths[point]! / 2);
  }
  return x.length === 0 ? [0, 0, 0, 0] : [left, 0, right, rowTops.at(-1)! - ROW_GAP];
}
