import { elementCount } from '../../onnx/tensor';
import { intAttribute, isKnown } from '../graph/graph';
import { axesOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * A sum over some axes, divided by the number of elements that it adds: the mean, which is how JAX has it (jax2onnx).
 *
 * Near misses: another divisor; a sum over sizes that are not known; a sum that is used elsewhere too.
 */
export const meanAsSum: Rule = {
  name: 'mean-as-sum',
  operators: ['Div'],
  apply(node, graph) {
    const sum = graph.soleProducer(node.inputs[0]);
    const divisor = graph.constant(node.inputs[1]);
    const [input] = sum?.inputs ?? [];
    const shape = graph.shape(input);
    if (sum?.op !== 'ReduceSum' || !input || !shape || !divisor || elementCount(divisor.shape) !== 1) return false;
    const axes = axesOf(sum, graph)?.map((axis) => (axis < 0 ? axis + shape.length : axis));
    const sizes = axes?.map((axis) => shape[axis] ?? '');
    if (!axes || !isKnown(sizes) || sizes.length === 0 || divisor.shape.length > shape.length - axes.length)
      return false;
    if (divisor.values()?.[0] !== elementCount(sizes)) return false;
    graph.replace([sum, node], {
      op: 'ReduceMean',
      inputs: [input],
      attributes: new Map([
        ['axes', { type: 'ints', value: axes }],
        ['keepdims', { type: 'int', value: intAttribute(sum, 'keepdims', 1) }],
      ]),
    });
    return true;
  },
};
