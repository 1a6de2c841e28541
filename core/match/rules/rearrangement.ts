import { t } from '../../l10n';
import { arrange, stepsOf } from '../graph/arrange';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import { absorbable } from '../graph/pattern';
import { isComplete, isReordering, type View, viewOf } from '../graph/view';
import type { Rule } from './rule';

/**
 * A row of `Reshape`, `Transpose`, `Squeeze`, `Unsqueeze` and of `Slice` or `Gather` along axes of one is as many of them as
 * are needed, none if they undo each other: what PyTorch's exporters write around attention and recurrent layers.
 *
 * Near miss: a slice of several; sizes that do not follow from the graph; a row that is as short as it can be.
 */
export const rearrangement: Rule = {
  name: 'rearranged',
  operators: ['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'flatten', 'Slice', 'Gather', 'Split'],
  apply(node, graph) {
    if (node.outputs.length > 1) return false;
    if (node.op === 'Reshape' && node.inputs.length > 1 && isFollowed(node, graph)) return withoutTarget(node, graph);
    const view = completeView(outputOf(node), graph);
    const shape = graph.shape(view?.source);
    if (!view || view.nodes.length < 1 || !shape) return false;
    const removed = absorbable(view.nodes, node, graph);
    const needed = stepsOf(shape, view.axes);
    if (needed.length > removed.length || (needed.length > 0 && isThere(needed, removed))) return false;
    const message = t('{0}, taken together', operatorsOf(view.nodes));
    const merged = graph.replace(
      removed,
      { op: 'Identity', inputs: [view.source] },
      { name: rearrangement.name, message },
    );
    arrange(graph, merged, view.source, view.axes);
    return true;
  },
};

/** As far up as nothing is left out: behind a `Split` its part is a value of its own. */
function completeView(value: string, graph: MatchGraph): View | undefined {
  const view = viewOf(value, graph);
  if (isComplete(view, graph)) return view;
  const part = viewOf(value, graph, undefined, isReordering);
  return isComplete(part, graph) ? part : undefined;
}

/** The target is computed, and what it comes to is known. */
function isFollowed({ inputs, outputs }: GraphNode, graph: MatchGraph): boolean {
  return !graph.constant(inputs[1]) && graph.shape(inputs[0]) !== undefined && graph.shape(outputs[0]) !== undefined;
}

/** The nodes that computed the target count as users of values no more. */
function withoutTarget(node: GraphNode, graph: MatchGraph): true {
  graph.replace([node], { op: 'Reshape', inputs: node.inputs.slice(0, 1) });
  return true;
}

/** One, or the same operators one after the other already; a flatten is a Reshape. */
function isThere(needed: readonly { readonly op: string }[], nodes: readonly GraphNode[]): boolean {
  if (needed.length === 1 && nodes.length === 1) return true;
  const operators = nodes.map(({ op }) => (op === 'Transpose' ? op : 'Reshape'));
  return needed.map(({ op }) => op).join() === operators.join();
}

function operatorsOf(nodes: readonly GraphNode[]): string {
  return nodes.flatMap((node) => node.origin[0]?.opType ?? []).join(', ');
}
