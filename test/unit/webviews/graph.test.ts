import assert from 'node:assert/strict';
import type { Edge } from '../../../webviews/graph/layers';
import { type Layout, layOut } from '../../../webviews/graph/layout';
import { fitting, kept, showing, zoomed } from '../../../webviews/graph/viewport';
import { segmentsOf, vertexAt, visibleSegments, visibleVertices } from '../../../webviews/graph/visible';
import { keyStep } from '../../../webviews/graph/walk';
import { processorSeconds } from '../../support/processorTime';

function lay(count: number, edges: readonly Edge[], isFixed: (vertex: number) => boolean = () => false): Layout {
  return layOut(
    Array.from({ length: count }, (_, vertex) => ({
      width: 80 + (vertex % 3) * 20,
      height: 40,
      isFixed: isFixed(vertex),
    })),
    edges,
  );
}

const rowOf = ({ rows }: Layout, vertex: number) => rows.findIndex((row) => row.includes(vertex));

function assertSound(layout: Layout): void {
  for (const row of layout.rows) {
    for (let at = 1; at < row.length; at++) {
      const [left, right] = [row[at - 1]!, row[at]!];
      const room = layout.x[right]! - layout.x[left]! - (layout.widths[left]! + layout.widths[right]!) / 2;
      assert.ok(room > 0, 'points of a row keep clear of each other');
    }
  }
  for (const [rank, segments] of layout.segments.entries()) {
    for (const [at, point] of segments.entries()) {
      assert.ok(layout.rows[rank + (at % 2)]!.includes(point), 'segments lead from a row to the next');
    }
  }
}

describe('the layout of a graph', () => {
  it('puts every vertex below those that it comes from', () => {
    const edges: Edge[] = [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [0, 3],
      [3, 4],
    ];
    const layout = lay(5, edges);
    assertSound(layout);
    for (const [from, to] of edges) assert.ok(layout.y[from]! < layout.y[to]!);
    assert.equal(layout.x.length, 6, 'one bend for the edge that passes a row');
  });

  it('keeps a chain straight beside its short cuts', () => {
    const edges: Edge[] = [];
    for (let at = 1; at < 400; at++) edges.push([at - 1, at], ...(at % 5 === 0 ? [[at - 5, at] as const] : []));
    const { x } = lay(400, edges);
    const chain = x.slice(0, 400);
    assert.ok(Math.max(...chain) - Math.min(...chain) < 10);
  });

  it('puts what comes from nothing above who uses it, and inputs at the top', () => {
    const edges: Edge[] = [
      [0, 1],
      [1, 2],
      [2, 3],
      [4, 3],
      [5, 3],
    ];
    const layout = lay(6, edges, (vertex) => vertex === 0 || vertex === 5);
    assert.deepEqual(
      [0, 4, 5].map((vertex) => rowOf(layout, vertex)),
      [0, 2, 0],
    );
  });

  it('lets edges from one vertex share their bends', () => {
    const edges: Edge[] = [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [0, 3],
      [0, 4],
    ];
    assert.equal(lay(5, edges).x.length, 5 + 3);
  });

  it('copes with circles, with edges that are there twice, and with nothing', () => {
    assertSound(
      lay(3, [
        [0, 1],
        [1, 2],
        [2, 0],
        [1, 1],
        [0, 1],
      ]),
    );
    assert.deepEqual(lay(0, []).bounds, [0, 0, 0, 0]);
    assert.equal(lay(3, []).rows.length, 1);
  });

  it('is sound for any graph', () => {
    let seed = 3;
    const random = (count: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % count;
    };
    for (let round = 0; round < 30; round++) {
      const count = 2 + random(60);
      const edges = Array.from({ length: random(120) }, (): Edge => [random(count), random(count)]);
      assertSound(lay(count, edges));
    }
  });

  it('gives the longest edges no bends where there would be too many', () => {
    const count = 4000;
    const edges: Edge[] = Array.from({ length: count - 1 }, (_, at) => [at, at + 1]);
    for (let at = 0; at < count / 2; at++) edges.push([at, count - 1 - at]);
    const layout = lay(count, edges);
    assert.ok(layout.distant.length > 0);
    assert.ok(layout.x.length < 12 * count);
  });

  it('takes time in proportion to the size', () => {
    const time = (count: number) => {
      const edges: Edge[] = Array.from({ length: count - 1 }, (_, at) => [at, at + 1]);
      for (let at = 6; at < count; at += 7) edges.push([at - 6, at]);
      return processorSeconds(() => lay(count, edges), 3);
    };
    assert.ok(time(40_000) < 40 * Math.max(time(5000), 0.005));
  });
});

describe('what is seen of a graph', () => {
  const edges: Edge[] = [];
  for (let at = 1; at < 100; at++) edges.push([at - 1, at]);
  edges.push([10, 20]);
  const layout = lay(100, edges);

  it('is found by where it is', () => {
    assert.equal(vertexAt(layout, layout.x[42]!, layout.y[42]! + 19), 42);
    assert.equal(vertexAt(layout, layout.x[42]!, layout.y[42]! + 30), undefined);
  });

  it('is no more than what the view reaches', () => {
    const [left, , right] = layout.bounds;
    const box = [left, layout.y[50]! - 10, right, layout.y[52]! + 10] as const;
    assert.deepEqual([...visibleVertices(layout, box)], [50, 51, 52]);
    assert.deepEqual(
      [...visibleSegments(layout, box)],
      [
        [49, 50],
        [50, 51],
        [51, 52],
        [52, 53],
      ],
    );
    assert.deepEqual([...visibleVertices(layout, [right + 10, 0, right + 20, 9999])], []);
  });

  it('are the edges of a vertex, bends included', () => {
    assert.equal(segmentsOf(layout, 10).length, 1 + 1 + 10);
    assert.equal(segmentsOf(layout, 20).length, 1 + 1 + 10);
    assert.deepEqual(segmentsOf(layout, 50), [
      [49, 50],
      [50, 51],
    ]);
  });

  it('is walked through with the arrow keys', () => {
    const walk = (key: string, from: number | undefined) => keyStep(key, layout, edges, from);
    assert.deepEqual([walk('ArrowDown', 10), walk('ArrowUp', 1), walk('Home', 50), walk('End', 3)], [11, 0, 0, 99]);
    assert.deepEqual(
      [walk('ArrowDown', undefined), walk('ArrowUp', 0), walk('ArrowLeft', 7), walk('a', 7)],
      [0, 0, 7, undefined],
    );
  });
});

describe('the view of a drawing', () => {
  const size = { width: 400, height: 300 };
  const box = [0, 0, 1000, 3000] as const;

  it('fits all of it', () => {
    const { left, top, scale } = fitting(box, size);
    assert.ok(left < 0 && top < 0 && left + 400 / scale > 1000 && top + 300 / scale > 3000);
    assert.equal(fitting([0, 0, 10, 10], size).scale, 1);
  });

  it('zooms around the pointer', () => {
    const before = { left: 10, top: 20, scale: 1 };
    const after = zoomed(before, 2, 100, 50);
    assert.deepEqual([after.left + 100 / after.scale, after.top + 50 / after.scale], [110, 70]);
    assert.ok(zoomed(before, 1e9, 0, 0).scale < 10);
  });

  it('moves as little as it has to, and never loses the drawing', () => {
    const near = showing({ left: 0, top: 0, scale: 1 }, [50, 290, 100, 320], size);
    assert.deepEqual([near.left, near.top], [0, 44]);
    const far = showing({ left: 0, top: 0, scale: 1 }, [100, 2000, 200, 2040], size);
    assert.deepEqual([far.left, far.top], [-50, 1870]);
    assert.ok(kept({ left: 1e6, top: -1e6, scale: 1 }, box, size).left < 1000);
  });
});
