import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { type Constant, reshaped, transposed } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { dequantize, quantizationOf } from '../graph/quantized';
import type { Rule } from './rule';

/**
 * ONNX Runtime's `DynamicQuantizeLSTM` is an `LSTM` with its weights in 8 bits, `[directions, inputs, 4 * units]`, whose values
 * are rounded as they come.
 *
 * Near miss: weights or scales that are no constants.
 */
export const quantizedRecurrent: Rule = {
  name: 'quantized-product',
  operators: ['com.microsoft::DynamicQuantizeLSTM'],
  apply(node, graph) {
    const weight = weightOf(node, 1, 8, graph);
    const recurrentWeight = weightOf(node, 2, 10, graph);
    if (!weight || !recurrentWeight || node.inputs[7]) return false;
    const [input, weightName, recurrentName, ...rest] = node.inputs;
    const names = [`${weightName}/as numbers`, `${recurrentName}/as numbers`] as const;
    for (const [name, constant] of [
      [names[0], weight],
      [names[1], recurrentWeight],
    ] as const) {
      graph.constants.set(name, constant);
      graph.shapes.set(name, constant.shape);
    }
    graph.replace(
      [node],
      {
        op: 'LSTM',
        inputs: [input!, ...names, ...rest.slice(0, 4)],
        attributes: node.attributes,
        outputs: node.outputs,
      },
      { name: quantizedRecurrent.name, message: t('values rounded to 8 bits as they come, weights in 8 bits') },
    );
    return true;
  },
};

/** As an `LSTM` has them: `[directions, 4 * units, inputs]`. */
function weightOf(node: GraphNode, place: number, scale: number, graph: MatchGraph): Constant | undefined {
  const constant = graph.constant(node.inputs[place]);
  const quantization = quantizationOf(node.inputs[scale], node.inputs[scale + 1], graph);
  if (constant?.shape.length !== 3 || !quantization) return undefined;
  const count = elementCount(quantization.scale.shape);
  const axis = count === constant.shape[0] ? 0 : 2;
  if (axis === 2 && constant.shape[0] !== 1) return undefined;
  const flat = { ...quantization, scale: reshaped(quantization.scale, [count]) };
  const numbers = dequantize(constant, flat, axis);
  return numbers && transposed(numbers, [0, 2, 1]);
}
