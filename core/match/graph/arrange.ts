import { type GraphNode, type MatchGraph, outputOf, type TensorShape } from './graph';
import { productOf, quotientOf } from './sizes';
import { type Part, sizeOf, type View } from './view';

/** A node that is none of the file's. */
export function plainNode(
  node: Pick<GraphNode, 'op' | 'inputs' | 'outputs'> &
    Partial<Pick<GraphNode, 'attributes' | 'settings' | 'parameters' | 'origin' | 'applied' | 'dropouts'>>,
): GraphNode {
  return { attributes: new Map(), settings: {}, parameters: new Map(), origin: [], applied: [], dropouts: [], ...node };
}

/** One of the nodes that arrange a value, and the shape of what it gives. */
interface Step {
  readonly op: 'Reshape' | 'Transpose';
  readonly shape: TensorShape;
  readonly permutation?: readonly number[];
}

/**
 * How to arrange a value of `shape` as `axes` say: at most a Reshape, a Transpose and a Reshape, as few as it takes. Of two
 * ways that are as short, the one that puts axes together first: the transposition then stands before what it is for.
 */
export function stepsOf(shape: TensorShape, axes: View['axes']): readonly Step[] {
  const target = axes.map(sizeOf);
  const parts = axes.flat();
  const apart = transposition(
    shape,
    parts.map((part) => [part]),
    target,
  );
  const together = transposition(shape, runsOf(axes), target);
  const few = together.length <= apart.length ? together : apart;
  const whole = wholeAxes(shape, axes, target);
  return whole && whole.length < few.length ? whole : few;
}

/** The wanted axes as groups, ones where they are wanted; `undefined` when one of them is not together in the source. */
function wholeAxes(shape: TensorShape, axes: View['axes'], target: TensorShape): readonly Step[] | undefined {
  const inOrder = axes.filter((parts) => parts.length > 0).sort(([a], [b]) => comparePlaces(a!, b!));
  const parts = inOrder.flat();
  if (parts.some((part, place) => place > 0 && comparePlaces(parts[place - 1]!, part) > 0)) return undefined;
  const rest = [...inOrder];
  const before = axes.map((own) => (own.length === 0 ? own : rest.shift()!));
  const permutation = axes.map((own, place) => (own.length === 0 ? place : before.indexOf(own)));
  const sizes = before.map(sizeOf);
  return [
    ...(sameSizes(sizes, shape) ? [] : [{ op: 'Reshape', shape: sizes } as const]),
    { op: 'Transpose', shape: target, permutation },
  ];
}

/** Groups of parts, in the order in which they are wanted; each group stays as it is. */
function transposition(shape: TensorShape, groups: readonly (readonly Part[])[], target: TensorShape): readonly Step[] {
  const inOrder = [...groups].sort(([a], [b]) => comparePlaces(a!, b!));
  const permutation = groups.map((group) => inOrder.indexOf(group));
  const sizes = inOrder.map(sizeOf);
  const moved = permutation.map((axis) => sizes[axis]!);
  if (permutation.every((axis, place) => axis === place)) {
    return sameSizes(shape, target) ? [] : [{ op: 'Reshape', shape: target }];
  }
  return [
    ...(sameSizes(sizes, shape) ? [] : [{ op: 'Reshape', shape: sizes } as const]),
    { op: 'Transpose', shape: moved, permutation },
    ...(sameSizes(moved, target) ? [] : [{ op: 'Reshape', shape: target } as const]),
  ];
}

/** Parts of one axis that follow each other in the source too: neighbouring axes, each to its end. */
function runsOf(axes: View['axes']): Part[][] {
  return axes.flatMap((parts) => {
    const runs: Part[][] = [];
    for (const part of parts) {
      const last = runs[runs.length - 1];
      const before = last?.[last.length - 1];
      const follows = before?.axis === part.axis - 1 && before.stride === 1;
      if (follows && isWholeAxis(part, axes)) last!.push(part);
      else runs.push([part]);
    }
    return runs;
  });
}

/** Whether no other part runs over the same axis. */
function isWholeAxis(part: Part, axes: View['axes']): boolean {
  return axes.flat().filter(({ axis }) => axis === part.axis).length === 1;
}

/**
 * Puts nodes in the place of `placeholder` that arrange `from`, whose shape is known, as `axes` say. What is known of the
 * placeholder passes to the last of them; an arrangement that moves nothing hands the value on.
 */
export function arrange(graph: MatchGraph, placeholder: GraphNode, from: string, axes: View['axes']): void {
  const steps = stepsOf(graph.shape(from) ?? [], axes);
  const output = outputOf(placeholder);
  let at = from;
  for (const [place, { op, shape, permutation }] of steps.entries()) {
    const attributes = new Map(permutation ? [['perm', { type: 'ints', value: permutation } as const]] : []);
    if (place === steps.length - 1) {
      graph.shapes.set(output, shape);
      graph.replace([placeholder], { op, inputs: [at], attributes });
      return;
    }
    const next = `${output}/arranged ${place}`;
    graph.shapes.set(next, shape);
    graph.add(plainNode({ op, inputs: [at], outputs: [next], attributes }));
    at = next;
  }
  graph.bypass(graph.replace([placeholder], { op: 'Identity', inputs: [from] }));
}

/** Which of two parts comes first in the source. */
function comparePlaces(a: Part, b: Part): number {
  return a.axis - b.axis || (isSlower(a, b) ? -1 : 1);
}

/** Of two parts of one axis: whether the first goes on where the other ends, or beyond. */
function isSlower(a: Part, b: Part): boolean {
  return quotientOf(a.stride, productOf([b.stride, b.size])) !== undefined;
}

function sameSizes(a: TensorShape, b: TensorShape): boolean {
  return b.length === a.length && a.every((size, axis) => size === b[axis]);
}
