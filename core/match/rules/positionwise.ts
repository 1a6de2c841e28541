import { arrange, plainNode } from '../graph/arrange';
import { type GraphNode, type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import { absorbable } from '../graph/pattern';
import { isAxis, isComplete, type View, viewOf } from '../graph/view';
import type { Rule } from './rule';

/**
 * A layer that works on the last axis alone (dense, layer normalization) does the same whatever is done to the axes in front
 * of it, so it is moved before a `Transpose` or `Reshape` of those: PyTorch's attention works on `[length, batch, channels]`,
 * its projection on `[length * batch, channels]`.
 *
 * Near miss: the last axis is moved, split or joined with others (a flatten); one position that is picked.
 */
export const positionwise: Rule = {
  name: 'position-wise',
  operators: ['dense', 'layer_normalization', 'rms_normalization'],
  apply(node, graph) {
    const view = viewOf(node.inputs[0]!, graph);
    const shape = graph.shape(view.source);
    const width = shape?.[shape.length - 1];
    if (view.nodes.length === 0 || !shape || width === undefined || !isComplete(view, graph)) return false;
    if (!keepsLast(view, shape) || isFlatten(view, shape)) return false;
    const size = graph.shape(outputOf(node))?.at(-1);
    if (typeof size !== 'number') return false;
    const last = shape.length - 1;
    const axes = [...view.axes.slice(0, -1), size === 1 ? [] : [{ axis: last, stride: 1, size }]];
    moveBefore(node, view, [...shape.slice(0, -1), size], axes, graph);
    return true;
  },
};

/** Whether the last axis of a view is that of its source, and nothing else runs over it. */
export function keepsLast(view: View, shape: TensorShape): boolean {
  const last = shape.length - 1;
  const isKept = isAxis(view, view.axes.length - 1, last, shape[last]!);
  return (
    isKept &&
    view.axes
      .slice(0, -1)
      .flat()
      .every(({ axis }) => axis !== last)
  );
}

/** `[batch, 1, 1, channels]` as `[batch, channels]` is what a flatten does, which other rules read. */
function isFlatten(view: View, shape: TensorShape): boolean {
  return view.axes.length === 2 && isAxis(view, 0, 0, shape[0]!);
}

function moveBefore(node: GraphNode, view: View, shape: TensorShape, axes: View['axes'], graph: MatchGraph): void {
  const before = `${outputOf(node)}/before rearranging`;
  const removed = absorbable(view.nodes, node, graph).slice(0, -1);
  const { op, settings, parameters, normalization, origin, applied, dropouts } = node;
  const own = { op, settings, parameters, origin: [...origin], applied: [...applied], dropouts: [...dropouts] };
  for (const list of [node.origin, node.applied, node.dropouts]) list.splice(0, list.length);
  const placeholder = graph.replace([...removed, node], { op: 'Identity', inputs: [view.source] });
  graph.shapes.set(before, shape);
  graph.add({
    ...plainNode({ ...own, inputs: [view.source], outputs: [before] }),
    ...(normalization ? { normalization } : {}),
  });
  arrange(graph, placeholder, before, axes);
}
