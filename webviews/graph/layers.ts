/** An edge from one vertex to another, both by their place. */
export type Edge = readonly [from: number, to: number];

/** A vertex's row: every edge leads to a later row, but for those of cycles, which are turned round. */
export interface Ranking {
  readonly ranks: Int32Array;
  readonly edges: readonly Edge[];
}

/**
 * The row of each vertex, so that every one stands below all that it comes from. What comes from nothing, a constant for
 * example, stands directly above who uses it, unless `isFixed` says that it belongs to the top.
 */
export function rankVertices(count: number, edges: readonly Edge[], isFixed: (vertex: number) => boolean): Ranking {
  const order = orderedVertices(count, edges);
  const place = new Int32Array(count);
  for (const [at, vertex] of order.entries()) place[vertex] = at;
  const forward = edges
    .filter(([from, to]) => from !== to)
    .map(([from, to]): Edge => (place[from]! < place[to]! ? [from, to] : [to, from]));
  const outgoing = adjacency(count, forward);
  const ranks = new Int32Array(count);
  const isFloating = new Uint8Array(count).fill(1);
  for (const vertex of order) {
    if (isFixed(vertex)) isFloating[vertex] = 0;
    for (const to of outgoing(vertex)) {
      ranks[to] = Math.max(ranks[to]!, ranks[vertex]! + 1);
      if (!isFloating[vertex]) isFloating[to] = 0;
    }
  }
  for (const vertex of order.reverse()) {
    if (!isFloating[vertex] || outgoing(vertex).length === 0) continue;
    let nearest = Number.POSITIVE_INFINITY;
    for (const to of outgoing(vertex)) nearest = Math.min(nearest, ranks[to]!);
    ranks[vertex] = nearest - 1;
  }
  return { ranks, edges: forward };
}

/** The vertices at the other ends of each vertex's edges. */
export function adjacency(count: number, edges: readonly Edge[]): (vertex: number) => Int32Array {
  const starts = new Int32Array(count + 1);
  for (const [from] of edges) starts[from + 1]!++;
  for (let at = 0; at < count; at++) starts[at + 1]! += starts[at]!;
  const next = starts.slice();
  const ends = new Int32Array(edges.length);
  for (const [from, to] of edges) ends[next[from]!++] = to;
  return (vertex) => ends.subarray(starts[vertex]!, starts[vertex + 1]!);
}

/** Every vertex after those that it comes from (Kahn 1962); where that goes in a circle the first one given goes first. */
function orderedVertices(count: number, edges: readonly Edge[]): number[] {
  const outgoing = adjacency(count, edges);
  const open = new Int32Array(count);
  for (const [, to] of edges) open[to]!++;
  const order: number[] = [];
  const isPlaced = new Uint8Array(count);
  const put = (vertex: number): void => {
    isPlaced[vertex] = 1;
    order.push(vertex);
  };
  for (let vertex = 0; vertex < count; vertex++) if (open[vertex] === 0) put(vertex);
  let stuckAt = 0;
  for (let head = 0; order.length < count || head < order.length; head++) {
    if (head === order.length) {
      while (isPlaced[stuckAt]) stuckAt++;
      put(stuckAt);
    }
    for (const to of outgoing(order[head]!)) if (--open[to]! === 0 && !isPlaced[to]) put(to);
  }
  return order;
}
