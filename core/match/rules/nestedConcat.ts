import type { GraphNode, MatchGraph } from '../graph/graph';
import type { Rule } from './rule';

/**
 * Values that are put together in steps are put together at once: a DenseNet whose layers each add theirs to what is there,
 * as a scheme says it, and one that keeps a list of all, as PyTorch programs do. For the end, since others look for the last of
 * the steps.
 *
 * Near miss: another axis in between; values that are put together in another order.
 */
export const nestedConcat: Rule = {
  name: 'nested-concat',
  operators: ['concatenate'],
  apply(node, graph) {
    const inputs = node.inputs.flatMap((input) => partsOf(input, node, graph));
    if (inputs.length === node.inputs.length) return false;
    graph.replace([node], { op: node.op, inputs, settings: node.settings });
    return true;
  },
};

function partsOf(input: string, node: GraphNode, graph: MatchGraph): readonly string[] {
  const inner = graph.producer(input);
  const isPart = inner?.op === node.op && inner.settings.axis === node.settings.axis && inner.dropouts.length === 0;
  return isPart ? inner.inputs : [input];
}
