import type { Edge } from './layers';
import type { Layout } from './layout';

/** The vertex that a key leads to from another: along an edge, along the row, to the first or the last. */
export function keyStep(
  key: string,
  layout: Layout,
  edges: readonly Edge[],
  from: number | undefined,
): number | undefined {
  if (!KEYS.has(key) || layout.vertices === 0) return undefined;
  if (key === 'Home' || (from === undefined && key !== 'End')) return endVertex(layout, 'first');
  if (key === 'End' || from === undefined) return endVertex(layout, 'last');
  if (key === 'ArrowLeft' || key === 'ArrowRight') return besides(layout, from, key === 'ArrowLeft' ? -1 : 1);
  const isDown = key === 'ArrowDown';
  const [near, far] = isDown ? [0, 1] : [1, 0];
  return nearest(
    layout,
    from,
    edges.filter((edge) => edge[near] === from).map((edge) => edge[far]!),
  );
}

const KEYS = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End']);

function endVertex({ rows, vertices }: Layout, end: 'first' | 'last'): number | undefined {
  const row = end === 'first' ? rows[0] : rows.at(-1);
  return row?.find((point) => point < vertices);
}

/** The next vertex of the row; bends are passed over. */
function besides({ rows, vertices }: Layout, from: number, direction: 1 | -1): number {
  const row = rows.find((points) => points.includes(from)) ?? new Int32Array();
  const others = row.filter((point) => point < vertices);
  return others[others.indexOf(from) + direction] ?? from;
}

/** The one that is the least way to the side. */
function nearest({ x }: Layout, from: number, others: readonly number[]): number {
  const distance = (vertex: number) => Math.abs(x[vertex]! - x[from]!);
  return others.reduce((best, vertex) => (distance(vertex) < distance(best) ? vertex : best), others[0] ?? from);
}
