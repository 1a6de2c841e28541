import { t } from '../../l10n';
import { intAttribute, outputOf } from '../graph/graph';
import { isFlattened } from '../graph/shapeArithmetic';
import type { Rule } from './rule';

/**
 * Flatten in its disguises: `Flatten(axis=1)` (TorchScript), `Reshape` to constants (dynamo), and
 * `Shape, Gather, Unsqueeze, Concat, Reshape` (`x.view(x.size(0), -1)`), whose sizes are followed to the same end.
 *
 * Near miss: a `Reshape` to another shape; one to a batch of 1 where the batch is free; `Flatten(axis=2)`.
 */
export const flatten: Rule = {
  name: 'flatten-as-reshape',
  operators: ['Flatten', 'Reshape'],
  apply(node, graph) {
    const [input] = node.inputs;
    const rank = graph.shape(input)?.length;
    const isFlatten =
      node.op === 'Flatten' &&
      (intAttribute(node, 'axis', 1) === 1 || (rank === 2 && intAttribute(node, 'axis', 1) === -1));
    if (!input || !(isFlatten || isFlattened(graph.shape(input), graph.shape(outputOf(node))))) return false;
    const message = t('flatten written as {0}', node.op);
    graph.replace(
      [node],
      { op: 'flatten', inputs: [input] },
      node.op === 'Reshape' ? { name: flatten.name, message } : undefined,
    );
    return true;
  },
};
