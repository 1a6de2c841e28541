import { elementCount, type NumberArray } from '../../onnx/tensor';
import { type Constant, computedConstant, isFloat } from './constants';
import { broadcastIndex } from './foldArithmetic';
import { floatAttribute, type GraphNode, intAttribute, type MatchGraph } from './graph';
import { axesOf } from './operatorArguments';

/**
 * Sums and means of a constant, and its normalization, are constants: weights that are standardised each time the network runs,
 * which one exporter works out and the other leaves to be (`timm`'s `ScaledStdConv2d`, a batch normalization of its weights).
 */
export function foldReduction(node: GraphNode, graph: MatchGraph, output: string): void {
  const constant = graph.constant(node.inputs[0]);
  if (!constant || !isFloat(constant.dataType)) return;
  if (node.op === 'ReduceMean' || node.op === 'ReduceSum') foldSum(node, constant, graph, output);
  if (node.op === 'BatchNormalization') foldNormalization(node, constant, graph, output);
}

function foldSum(node: GraphNode, constant: Constant, graph: MatchGraph, output: string): void {
  const { shape, dataType } = constant;
  const axes = axesOf(node, graph)?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  if (!axes || axes.length === 0 || axes.some((axis) => axis < 0 || axis >= shape.length)) return;
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const result = intAttribute(node, 'keepdims', 1) === 1 ? kept : shape.filter((_, axis) => !axes.includes(axis));
  const count = node.op === 'ReduceMean' ? elementCount(shape) / elementCount(kept) : 1;
  const compute = (): NumberArray | undefined => {
    const values = constant.values();
    return values && sums(values, shape, kept).map((sum) => sum / count);
  };
  graph.constants.set(output, computedConstant(result, dataType, compute));
}

/** Sums over the axes on which `kept` has ones. */
function sums(values: NumberArray, shape: readonly number[], kept: readonly number[]): Float64Array {
  const result = new Float64Array(elementCount(kept));
  const at = broadcastIndex(kept, shape);
  for (let index = 0; index < values.length; index++) result[at(index)]! += values[index]!;
  return result;
}

/** By its own mean and variance in training form, else by the given ones. */
function foldNormalization(node: GraphNode, constant: Constant, graph: MatchGraph, output: string): void {
  const { shape, dataType } = constant;
  const given = node.inputs.slice(1, 5).map((input) => graph.constant(input));
  if (shape.length < 2 || given.length !== 4 || given.some((each) => each?.shape[0] !== shape[1])) return;
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const kept = shape.map((size, axis) => (axis === 1 ? size : 1));
  const compute = (): NumberArray | undefined => {
    const values = constant.values();
    const [scale, shift, mean, variance] = given.map((each) => each!.values());
    if (!values || !scale || !shift || !mean || !variance) return undefined;
    const moments = isTraining(node, graph) ? momentsOf(values, shape, kept) : { mean, variance };
    const channelOf = broadcastIndex(kept, shape);
    return Float64Array.from(values, (value, index) => {
      const channel = channelOf(index);
      const deviation = Math.sqrt(moments.variance[channel]! + epsilon);
      return ((value - moments.mean[channel]!) / deviation) * scale[channel]! + shift[channel]!;
    });
  };
  graph.constants.set(output, computedConstant(shape, dataType, compute));
}

/** In training form (`training_mode`, or the five outputs of opsets before 14) it normalises by what it gets. */
export function isTraining(node: GraphNode, graph: MatchGraph): boolean {
  const others = node.outputs.slice(1).filter((output) => output !== '');
  return intAttribute(node, 'training_mode', 0) === 1 || (graph.opset < 14 && others.length > 0);
}

function momentsOf(
  values: NumberArray,
  shape: readonly number[],
  kept: readonly number[],
): { readonly mean: NumberArray; readonly variance: NumberArray } {
  const count = elementCount(shape) / elementCount(kept);
  const mean = sums(values, shape, kept).map((sum) => sum / count);
  const channelOf = broadcastIndex(kept, shape);
  const squares = Float64Array.from(values, (value, index) => (value - mean[channelOf(index)]!) ** 2);
  return { mean, variance: sums(squares, shape, kept).map((sum) => sum / count) };
}
