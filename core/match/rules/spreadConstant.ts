import { outputOf } from '../graph/graph';
import { spelled } from './reshape';
import type { Rule } from './rule';

/**
 * What is worked out anew for every sample, but from constants alone, is a constant that is repeated: the causal mask that
 * Transformers makes out of each sample's positions, whose 30 nodes PyTorch's exporters write each in their way.
 *
 * Near miss: anything that hangs on the samples, the mask that goes in beside the tokens for example.
 */
export const spreadConstant: Rule = {
  name: 'spread-constant',
  operators: [
    'And',
    'Or',
    'Not',
    'Where',
    'Add',
    'Sub',
    'Cast',
    'Equal',
    'Less',
    'LessOrEqual',
    'Greater',
    'GreaterOrEqual',
  ],
  apply(node, graph) {
    const output = outputOf(node);
    const constant = graph.spread.get(output);
    const shape = graph.shape(output);
    if (!shape || !constant?.values()) return false;
    const name = `${output}/repeated`;
    graph.constants.set(name, constant);
    graph.shapes.set(name, constant.shape);
    graph.replace([node], { op: 'Expand', inputs: [name], settings: { size: spelled(shape) } });
    return true;
  },
};
