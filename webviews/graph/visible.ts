import type { Layout } from './layout';
import type { Box } from './viewport';

/** Vertices that can be seen in a part of a layout. The work is in proportion to what is seen. */
export function* visibleVertices(layout: Layout, [left, top, right, bottom]: Box): Generator<number> {
  const { rows, rowTops, x, widths, vertices } = layout;
  for (let row = rowAt(rowTops, top); row < rows.length && rowTops[row]! <= bottom; row++) {
    const points = rows[row]!;
    for (let at = firstFrom(points, x, left); at < points.length; at++) {
      const point = points[at]!;
      if (x[point]! - widths[point]! / 2 > right) break;
      if (point < vertices && x[point]! + widths[point]! / 2 >= left) yield point;
    }
  }
}

/** Segments that can be seen, as pairs of points. */
export function* visibleSegments(layout: Layout, [left, top, right, bottom]: Box): Generator<[number, number]> {
  const { segments, rowTops, x } = layout;
  for (let row = Math.max(0, rowAt(rowTops, top) - 1); row < segments.length && rowTops[row]! <= bottom; row++) {
    const ends = segments[row]!;
    for (let at = 0; at < ends.length; at += 2) {
      const [from, to] = [ends[at]!, ends[at + 1]!];
      if (Math.max(x[from]!, x[to]!) >= left && Math.min(x[from]!, x[to]!) <= right) yield [from, to];
    }
  }
}

/** The vertex at a place; nothing between them. */
export function vertexAt(layout: Layout, x: number, y: number): number | undefined {
  for (const vertex of visibleVertices(layout, [x, y, x, y])) {
    const isInside =
      Math.abs(x - layout.x[vertex]!) <= layout.widths[vertex]! / 2 &&
      Math.abs(y - layout.y[vertex]!) <= layout.heights[vertex]! / 2;
    if (isInside) return vertex;
  }
  return undefined;
}

/** The segments of all edges from and to a vertex; those that it shares with other edges, too. */
export function segmentsOf(layout: Layout, vertex: number): [number, number][] {
  const { above, segments, vertices } = layout;
  const comingDown = new Set([vertex]);
  const found: [number, number][] = [];
  // Rows are in order, so that every bend comes after the point above it.
  for (const row of segments) {
    for (let at = 0; at < row.length; at += 2) {
      const [from, to] = [row[at]!, row[at + 1]!];
      if (comingDown.has(from)) {
        found.push([from, to]);
        if (to >= vertices) comingDown.add(to);
      } else if (to === vertex) {
        found.push([from, to]);
        for (let bend = from; above[bend]! >= 0; bend = above[bend]!) found.push([above[bend]!, bend]);
      }
    }
  }
  return found;
}

/** The row at a height, by halving. */
function rowAt(rowTops: Float64Array, height: number): number {
  let low = 0;
  let high = rowTops.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowTops[middle + 1]! <= height) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first point of a row that may reach over the left edge: points stand in order, each clear of the next. */
function firstFrom(points: Int32Array, x: Float64Array, left: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[points[middle]!]! < left) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
