import { type GraphNode, intAttribute, isKnown, type MatchGraph, type TensorShape } from './graph';
import { sizesTaken } from './integers';
import { axesOf, padsOf, permutationOf } from './operatorArguments';
import { otherShapes } from './otherShapes';
import { broadcastShapes, resolveReshape, withoutAxes } from './shapeArithmetic';
import { productOf } from './sizes';
import { isAll, sliceLength, sliceRanges } from './sliceRanges';
import { transposedConvolutionShape, windowOutput } from './windows';

/** Operators whose output has the shape of their first input. */
const SAME_SHAPE = new Set(
  (
    'Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Swish Mish Tanh Softplus Softsign Softmax ' +
    'LogSoftmax Clip Dropout Identity Cast BatchNormalization InstanceNormalization LayerNormalization ' +
    'GroupNormalization RMSNormalization Sqrt Exp Log Neg Abs Reciprocal Erf Erfc Floor Ceil Round Sign Not LRN IsNaN ' +
    'QuantizeLinear DequantizeLinear DynamicQuantizeLinear ReverseSequence CumSum ' +
    'Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh'
  ).split(' '),
);

const BROADCAST = new Set(
  'Add Sub Mul Div Mod Pow Max Min Sum Mean Equal Greater GreaterOrEqual Less LessOrEqual And Or Where'.split(' '),
);

export function outputShape(node: GraphNode, graph: MatchGraph): TensorShape | undefined {
  const shape = graph.shape(node.inputs[0]);
  if (SAME_SHAPE.has(node.op)) return shape;
  if (BROADCAST.has(node.op)) return broadcastShapes(node.inputs.map((input) => graph.shape(input)));
  if (!shape) return undefined;
  switch (node.op) {
    case 'Conv':
    case 'ConvInteger':
      return windowOutput(node, shape, graph.shape(node.inputs[1]));
    case 'MaxPool':
    case 'AveragePool':
      return windowOutput(node, shape, undefined);
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      return shape.map((size, axis) => (axis < 2 ? size : 1));
    case 'Gemm':
      return gemmShape(node, shape, graph.shape(node.inputs[1]));
    case 'MatMul':
    case 'MatMulInteger':
      return matMulShape(shape, graph.shape(node.inputs[1]));
    case 'Flatten':
      return flattenShape(shape, intAttribute(node, 'axis', 1));
    case 'Reshape':
      return resolveReshape(shape, graph.integers.get(node.inputs[1] ?? ''), intAttribute(node, 'allowzero', 0) === 1);
    case 'Transpose':
      return transposeShape(node, shape);
    case 'Concat':
      return concatShape(node, graph);
    case 'Squeeze':
    case 'Unsqueeze':
      return squeezeShape(node, graph, shape);
    case 'Pad':
      return padShape(node, graph, shape);
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin':
    case 'ReduceProd':
    case 'ReduceL1':
    case 'ReduceL2':
    case 'ReduceLogSum':
    case 'ReduceLogSumExp':
    case 'ReduceSumSquare':
      return reduceShape(node, graph, shape);
    case 'Shape':
      return [sizesTaken(node, shape).length];
    case 'ConstantOfShape':
      return graph.integers.get(node.inputs[0] ?? '');
    case 'Tile':
      return tileShape(node, graph, shape);
    case 'Slice':
      return sliceShape(node, graph, shape);
    case 'Gather':
      return gatherShape(node, graph, shape);
    case 'GatherND':
      return gatherPointsShape(node, graph, shape);
    case 'GatherElements':
      return graph.shape(node.inputs[1]);
    case 'ConvTranspose':
      return transposedConvolutionShape(node, shape, graph.shape(node.inputs[1]));
    case 'Resize':
      return resizeShape(node, graph, shape);
    default:
      return otherShapes(node, graph)[0];
  }
}

function gemmShape(node: GraphNode, a: TensorShape, b: TensorShape | undefined): TensorShape | undefined {
  const rows = intAttribute(node, 'transA', 0) ? a[1] : a[0];
  const columns = intAttribute(node, 'transB', 0) ? b?.[0] : b?.[1];
  return rows !== undefined && columns !== undefined ? [rows, columns] : undefined;
}

function matMulShape(a: TensorShape, b: TensorShape | undefined): TensorShape | undefined {
  if (!b || a.length < 2 || b.length < 2) return undefined;
  const batch = broadcastShapes([a.slice(0, -2), b.slice(0, -2)]);
  return batch && [...batch, a[a.length - 2]!, b[b.length - 1]!];
}

function flattenShape(shape: TensorShape, axis: number): TensorShape | undefined {
  const at = axis < 0 ? axis + shape.length : axis;
  return [productOf(shape.slice(0, at)), productOf(shape.slice(at))];
}

function transposeShape(node: GraphNode, shape: TensorShape): TensorShape | undefined {
  const permutation = permutationOf(node, shape.length);
  if (permutation.length !== shape.length) return undefined;
  return permutation.map((axis) => shape[axis]!);
}

function concatShape(node: GraphNode, graph: MatchGraph): TensorShape | undefined {
  const shapes = node.inputs.map((input) => graph.shape(input));
  const first = shapes[0];
  if (!first || shapes.some((shape) => shape?.length !== first.length)) return undefined;
  const axis = (intAttribute(node, 'axis', 0) + first.length) % first.length;
  const along: TensorShape = shapes.map((shape) => shape![axis]!);
  if (!isKnown(along)) return undefined;
  const sum = along.reduce((total, part) => total + part, 0);
  return first.map((size, at) => (at === axis ? sum : size));
}

function squeezeShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const axes = axesOf(node, graph);
  if (node.op === 'Squeeze') {
    if (axes) return withoutAxes(shape, axes);
    return isKnown(shape) && !node.inputs[1] ? shape.filter((size) => size !== 1) : undefined;
  }
  if (!axes) return undefined;
  const rank = shape.length + axes.length;
  const places = new Set(axes.map((axis) => (axis + rank) % rank));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (places.has(axis) ? 1 : rest.shift()!));
}

function padShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const pads = padsOf(node, graph);
  if (!pads || pads.length !== 2 * shape.length) return undefined;
  const sizes = shape.map((size, axis) => {
    const added = pads[axis]! + pads[axis + shape.length]!;
    return typeof size === 'number' ? size + added : added === 0 ? size : `${size}+${added}`;
  });
  return sizes;
}

function reduceShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const axes = axesOf(node, graph);
  if (!axes) return undefined;
  const places = new Set(axes.map((axis) => (axis + shape.length) % shape.length));
  if (intAttribute(node, 'keepdims', 1)) return shape.map((size, axis) => (places.has(axis) ? 1 : size));
  return shape.filter((_, axis) => !places.has(axis));
}

function tileShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const counts = graph.integers.get(node.inputs[1] ?? '');
  return counts?.length === shape.length ? shape.map((size, axis) => productOf([size, counts[axis]!])) : undefined;
}

function sliceShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const result = [...shape];
  for (const range of sliceRanges(node, graph) ?? [undefined]) {
    const axis = range && (range.axis + shape.length) % Math.max(1, shape.length);
    const size = axis === undefined ? undefined : result[axis];
    if (!range || axis === undefined || size === undefined) return undefined;
    if (typeof size === 'number') result[axis] = sliceLength(range, size);
    else if (!isAll(range)) return undefined;
  }
  return result;
}

function gatherShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const indices = graph.shape(node.inputs[1]);
  const axis = (intAttribute(node, 'axis', 0) + shape.length) % Math.max(1, shape.length);
  return indices && [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)];
}

/** The last axis of the indices names places on the data's first axes. */
function gatherPointsShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const indices = graph.shape(node.inputs[1]);
  const named = indices?.at(-1);
  if (!indices || typeof named !== 'number' || intAttribute(node, 'batch_dims', 0) !== 0) return undefined;
  return [...indices.slice(0, -1), ...shape.slice(named)];
}

function resizeShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const sizes = graph.integers.get(node.inputs[3] ?? '');
  if (sizes) return sizes.length === shape.length ? sizes : undefined;
  const scales = graph.constant(node.inputs[2])?.values();
  if (scales?.length !== shape.length) return undefined;
  return shape.map((size, axis) =>
    scales[axis] === 1 ? size : typeof size === 'number' ? Math.floor(size * scales[axis]!) : `${size}*${scales[axis]}`,
  );
}
