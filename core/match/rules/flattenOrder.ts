import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { reshaped, transposed } from '../graph/constants';
import { isKnown, outputOf } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * A dense layer behind a flatten of transposed values: the columns of its weights in another order do the same. Keras
 * flattens row, column, channel, PyTorch and the scheme channel, row, column.
 *
 * Near miss: a transposition that moves the batch; something between flatten and dense layer that works value by value with
 * constants; the flattened values are used elsewhere too.
 */
export const flattenOrder: Rule = {
  name: 'flatten-order',
  operators: ['dense'],
  apply(node, graph) {
    const flatten = graph.soleProducer(node.inputs[0]);
    const transpose = flatten?.op === 'flatten' ? graph.producer(flatten.inputs[0]) : undefined;
    const shape = graph.shape(transpose?.inputs[0]);
    const weight = node.parameters.get('weight');
    if (!flatten || transpose?.op !== 'Transpose' || !shape || !weight) return false;
    const permutation = permutationOf(transpose, shape.length);
    const sizes = permutation.slice(1).map((axis) => shape[axis]!);
    if (permutation[0] !== 0 || !isKnown(sizes) || elementCount(sizes) !== weight.shape[1]) return false;
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    const unfolded = reshaped(weight, [weight.shape[0]!, ...sizes]);
    const reordered = reshaped(transposed(unfolded, inverse), weight.shape);
    const message = t(
      'flatten takes the values in another order (axes {0}); the weights are reordered',
      [...permutation].join(', '),
    );
    const alone = graph.soleUser(outputOf(transpose)) === flatten;
    const moved = graph.replace(alone ? [transpose, flatten] : [flatten], {
      op: 'flatten',
      inputs: [transpose.inputs[0]!],
    });
    const layer = graph.replace(
      [node],
      {
        op: node.op,
        inputs: [outputOf(moved)],
        settings: node.settings,
        parameters: new Map([...node.parameters, ['weight', reordered]]),
      },
      { name: flattenOrder.name, message },
    );
    return layer !== node;
  },
};
