import { t } from '../../l10n';
import { type Constant, reshaped } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { otherInput, withScalar } from '../graph/pattern';
import { dequantize, isSameQuantization, quantizationOf, rangeOf } from '../graph/quantized';
import { isActivation } from './activation';
import type { Rule } from './rule';

/**
 * `QuantizeLinear` and `DequantizeLinear` in a row round a value to 8 bits, within a range. When the range begins at zero they
 * are a relu too: `onnxruntime.quantization` leaves the relu out then.
 *
 * Near miss: another scale or zero point behind than in front; a value that cannot be negative, which is not cut off.
 */
export const quantizedValues: Rule = {
  name: 'quantized-values',
  operators: ['DequantizeLinear'],
  apply(node, graph) {
    const quantize = graph.producer(node.inputs[0]);
    const input = quantize?.inputs[0];
    const after = quantizationOf(node.inputs[1], node.inputs[2], graph);
    const before =
      quantize?.op === 'QuantizeLinear' ? quantizationOf(quantize.inputs[1], quantize.inputs[2], graph) : undefined;
    if (!quantize || !input || !before || !after || !isSameQuantization(before, after)) return false;
    const range = rangeOf(before);
    if (!range) return false;
    const alone = graph.soleUser(quantize.outputs[0]!) === node;
    const rule = {
      name: quantizedValues.name,
      message: t('values rounded to 8 bits between {0} and {1}', short(range.low), short(range.high)),
    };
    const cuts = range.low === 0 && !graph.isInput(input) && !isNeverNegative(input, graph, 0);
    const absorbed = alone ? [quantize, node] : [node];
    if (cuts) {
      const name = range.high <= SIX ? 'quantized-clip' : 'quantized-relu';
      const relu = { name, message: t('a relu as the range of 8 bits') };
      const settings = { activation: 'relu' };
      const placed = graph.replace(absorbed, { op: 'activation', inputs: [input], settings }, rule);
      placed.applied.push(relu);
    } else graph.bypass(graph.replace(absorbed, { op: 'Identity', inputs: [input] }), rule);
    return true;
  },
};

/** Below it nothing shows whether a relu ends at six. */
const SIX = 6 * (1 + 1e-4);

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

const POSITIVE = new Set(['relu', 'relu6', 'sigmoid', 'softmax', 'softplus']);
const HANDING = new Set([
  'max_pooling',
  'average_pooling',
  'global_average_pooling',
  'global_max_pooling',
  'flatten',
  'reshape',
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'concatenate',
  'add',
  'multiply',
  'upsampling',
]);
const DEEPEST = 16;

function isNeverNegative(value: string, graph: MatchGraph, depth: number): boolean {
  const node = graph.producer(value);
  if (!node || depth > DEEPEST) return false;
  if (node.op === 'activation') return POSITIVE.has(String(node.settings.activation));
  if (node.op === 'Add') return isOnePlus(node, graph);
  return HANDING.has(node.op) && node.inputs.every((input) => isNeverNegative(input, graph, depth + 1));
}

/** `1 + erf(x)` and `1 + tanh(x)`, within a GELU. */
function isOnePlus(node: GraphNode, graph: MatchGraph): boolean {
  const inner = graph.producer(withScalar(node, 'Add', graph, 1));
  return inner?.op === 'Erf' || isActivation(inner, 'tanh');
}

/**
 * Rows of a table in 8 bits, then made numbers: an embedding with its table in 8 bits.
 *
 * Near miss: a scale per column.
 */
export const quantizedEmbedding: Rule = {
  name: 'quantized-weights',
  operators: ['DequantizeLinear'],
  apply(node, graph) {
    const layer = graph.soleProducer(node.inputs[0]);
    const weight = layer?.op === 'embedding' ? layer.parameters.get('weight') : undefined;
    const quantization = quantizationOf(node.inputs[1], node.inputs[2], graph);
    const isForAll = quantization?.scale.shape.every((size) => size === 1);
    const numbers = weight && quantization && isForAll ? dequantize(weight, quantization, 0) : undefined;
    if (!layer || !numbers) return false;
    graph.replace([layer, node], {
      op: layer.op,
      inputs: layer.inputs,
      settings: layer.settings,
      parameters: new Map([['weight', numbers]]),
    });
    return true;
  },
};

/**
 * `DynamicQuantizeLinear, MatMulInteger` (or `ConvInteger`)`, Cast, Mul` by both scales: a product whose values are rounded to
 * 8 bits as they come, with weights in 8 bits.
 *
 * Near miss: the scale of another value; integers that were quantised elsewhere.
 */
export const quantizedProduct: Rule = {
  name: 'quantized-product',
  operators: ['Mul', 'multiply'],
  apply(node, graph) {
    for (const value of node.inputs) {
      const cast = graph.producer(value);
      const product = cast?.op === 'Cast' ? graph.producer(cast.inputs[0]) : undefined;
      const scales = graph.producer(otherInput(node, value));
      const found = product && scales && productOf(product, scales, graph);
      if (!cast || !product || !scales || !found) continue;
      const name = `${product.inputs[1]}/as numbers`;
      graph.constants.set(name, found.weight);
      graph.shapes.set(name, found.weight.shape);
      graph.replace(
        [scales, product, cast, node].filter((each) => each === node || graph.soleUser(each.outputs[0]!)),
        {
          op: product.op === 'MatMulInteger' ? 'MatMul' : 'Conv',
          inputs: [found.input, name],
          attributes: product.attributes,
        },
        { name: quantizedProduct.name, message: t('values rounded to 8 bits as they come, weights in 8 bits') },
      );
      return true;
    }
    return false;
  },
};

function productOf(
  product: GraphNode,
  scales: GraphNode,
  graph: MatchGraph,
): { input: string; weight: Constant } | undefined {
  if (product.op !== 'MatMulInteger' && product.op !== 'ConvInteger') return undefined;
  const [values, weightName, valuesZero, weightZero] = product.inputs;
  const quantize = graph.producer(values);
  const weight = graph.constant(weightName);
  if (quantize?.op !== 'DynamicQuantizeLinear' || !weight || scales.op !== 'Mul') return undefined;
  const [, scale, zero] = quantize.outputs;
  const own = scales.inputs.find((input) => input !== scale);
  if (values !== quantize.outputs[0] || valuesZero !== zero || !scales.inputs.includes(scale!)) return undefined;
  const quantization = quantizationOf(own, weightZero, graph);
  if (!quantization || !quantize.inputs[0]) return undefined;
  const axis = product.op === 'MatMulInteger' ? weight.shape.length - 1 : 0;
  const flat = {
    ...quantization,
    scale: reshaped(quantization.scale, [quantization.scale.shape.reduce((a, b) => a * b, 1)]),
  };
  const numbers = dequantize(weight, flat, axis);
  return numbers && { input: quantize.inputs[0], weight: numbers };
}
