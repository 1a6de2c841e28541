import { outputOf } from '../graph/graph';
import { spelled } from './reshape';
import type { Rule } from './rule';

/**
 * An `Expand` by the sizes that it comes to, however its target is worked out: TorchScript writes ten nodes around it, one of
 * them a `Where` that puts ones for sizes that stay, dynamo a `Concat`. A class token for each picture of a batch is one.
 *
 * Near miss: other sizes, or sizes that are not known.
 */
export const expand: Rule = {
  name: 'expand',
  operators: ['Expand'],
  apply(node, graph) {
    const [input] = node.inputs;
    const to = graph.shape(outputOf(node));
    if (!input || !to || node.inputs.length < 2) return false;
    graph.replace([node], { op: node.op, inputs: [input], settings: { size: spelled(to) } });
    return true;
  },
};
