import { isTraining } from '../graph/foldReduction';
import { floatAttribute } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `BatchNormalization` with constant statistics. In training form (`training_mode`, or the five outputs of opsets before
 * 14) it normalises by the batch and is another function than the intended one at inference.
 *
 * Near miss: statistics that are computed in the graph.
 */
export const batchNormalization: Rule = {
  name: 'batch-normalization',
  operators: ['BatchNormalization'],
  apply(node, graph) {
    const [input, ...rest] = node.inputs;
    const [scale, shift, mean, variance] = rest.map((name) => graph.constant(name));
    if (!input || !scale || !shift || !mean || !variance) return false;
    const training = isTraining(node, graph);
    graph.replace([node], {
      op: 'batch_normalization',
      inputs: [input],
      settings: { epsilon: floatAttribute(node, 'epsilon', 1e-5), ...(training ? { training: true } : {}) },
      parameters: new Map([
        ['scale', scale],
        ['shift', shift],
        ['mean', mean],
        ['variance', variance],
      ]),
    });
    return true;
  },
};
