import { elementCount } from '../../onnx/tensor';
import type { Rule } from './rule';

/**
 * `Max(x, 0)` is a relu, which is how JAX has it (jax2onnx).
 *
 * Near misses: the maximum with another number, with several, or of two values.
 */
export const reluAsMaximum: Rule = {
  name: 'relu-as-maximum',
  operators: ['Max'],
  apply(node, graph) {
    if (node.inputs.length !== 2) return false;
    const input = node.inputs.find((each) => !graph.constant(each));
    const constant = graph.constant(node.inputs.find((each) => each !== input));
    if (!input || !constant || elementCount(constant.shape) !== 1 || constant.values()?.[0] !== 0) return false;
    if (constant.shape.length > (graph.shape(input)?.length ?? 0)) return false;
    graph.replace([node], { op: 'Relu', inputs: [input] });
    return true;
  },
};
