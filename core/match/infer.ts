import { DataType } from '../onnx/model';
import { elementCount, tensorValues } from '../onnx/tensor';
import { type Constant, computedConstant, reshaped, transposed, transposeValues } from './constants';
import { foldArithmetic } from './foldArithmetic';
import { foldMask } from './foldMask';
import { foldReduction } from './foldReduction';
import { foldRows } from './foldRows';
import {
  type Dimension,
  type GraphNode,
  intAttribute,
  intsAttribute,
  isKnown,
  type MatchGraph,
  type TensorShape,
} from './graph';
import { otherShapes } from './outputShapes';
import { foldQuantization } from './quantized';
import { broadcastShapes, resolveReshape, withoutAxes } from './shapeArithmetic';
import { productOf, quotientOf } from './sizes';
import { windowOutput } from './windows';

/** Integer tensors up to this many elements are followed element by element. */
const MOST_INTEGERS = 64;

/**
 * Finds the output shape of a node, the elements of small integer tensors (a shape that is computed from another value's
 * shape) and the values that are constant, from what is known of its inputs. Nodes come in order. What an operator does
 * that is not known here stays unknown: the file's own `value_info` is then asked, and nobody guesses.
 */
export function infer(node: GraphNode, graph: MatchGraph, declared: ReadonlyMap<string, TensorShape>): void {
  const [output] = node.outputs;
  if (output) inferFirst(node, graph, declared, output);
  const others = otherShapes(node, graph);
  node.outputs.slice(1).forEach((other, place) => {
    const known = others[place + 1] ?? declared.get(other);
    if (known) graph.shapes.set(other, known);
  });
}

function inferFirst(
  node: GraphNode,
  graph: MatchGraph,
  declared: ReadonlyMap<string, TensorShape>,
  output: string,
): void {
  foldView(node, graph, output);
  foldRows(node, graph);
  foldArithmetic(node, graph, output);
  foldMask(node, graph, output);
  foldReduction(node, graph, output);
  foldQuantization(node, graph, output);
  followIntegers(node, graph, output);
  const shape = graph.constant(output)?.shape ?? outputShape(node, graph) ?? trusted(node, declared.get(output));
  // Of values with too few axes, as in a damaged file, some sizes are not there.
  if (shape?.every((size) => size !== undefined)) graph.shapes.set(output, shape);
}

/** Rules decide by the shapes of a Reshape, so that they must follow from the graph and not from what the file says of it. */
function trusted(node: GraphNode, declared: TensorShape | undefined): TensorShape | undefined {
  return node.op === 'Reshape' ? undefined : declared;
}

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

function outputShape(node: GraphNode, graph: MatchGraph): TensorShape | undefined {
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

/** A Transpose's permutation; ONNX's default reverses the axes. */
export function permutationOf(node: GraphNode, rank: number): readonly number[] {
  return intsAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
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

/** The axes of an operator that took them as an attribute in older opsets and takes them as an input now. */
export function axesOf(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const attribute = intsAttribute(node, 'axes');
  if (attribute) return attribute;
  const input = graph.integers.get(node.inputs[1] ?? '');
  return isKnown(input) ? input : undefined;
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

/** The pads of a Pad, for all axes: begins, then ends. */
export function padsOf(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const attribute = intsAttribute(node, 'pads') ?? intsAttribute(node, 'paddings');
  if (attribute) return attribute;
  const input = graph.integers.get(node.inputs[1] ?? '');
  if (!isKnown(input) || node.inputs[3]) return undefined;
  return input;
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
  if (!isKnown(counts) || counts.length !== shape.length) return undefined;
  return shape.map((size, axis) =>
    counts[axis] === 1 ? size : typeof size === 'number' ? size * counts[axis]! : `${size}*${counts[axis]}`,
  );
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

/** All of an axis, whatever its size: exporters write the largest integer there is for its end. */
function isAll({ start, end, step }: SliceRange): boolean {
  return start === 0 && step === 1 && end >= LARGEST_INT32;
}

/** The end of an axis, in exporters' words. */
export const LARGEST_INT32 = 2 ** 31 - 1;

function gatherShape(node: GraphNode, graph: MatchGraph, shape: TensorShape): TensorShape | undefined {
  const indices = graph.shape(node.inputs[1]);
  const axis = (intAttribute(node, 'axis', 0) + shape.length) % Math.max(1, shape.length);
  return indices && [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)];
}

/** https://onnx.ai/onnx/operators/onnx__ConvTranspose.html, without `auto_pad` and `output_shape`. */
function transposedConvolutionShape(
  node: GraphNode,
  shape: TensorShape,
  weight: TensorShape | undefined,
): TensorShape | undefined {
  const kernel: TensorShape | undefined = weight?.slice(2);
  const channels = weight?.[1];
  if (!isKnown(kernel) || typeof channels !== 'number' || node.attributes.has('output_shape')) return undefined;
  const automatic = node.attributes.get('auto_pad');
  if (automatic?.type === 'string' && automatic.value !== 'NOTSET') return undefined;
  const values = (name: string, fallback: number) => intsAttribute(node, name) ?? kernel.map(() => fallback);
  const [strides, dilations, added] = [values('strides', 1), values('dilations', 1), values('output_padding', 0)];
  const pads = intsAttribute(node, 'pads') ?? [...kernel, ...kernel].map(() => 0);
  const sizes = kernel.map((size, axis) => {
    const input = shape[axis + 2];
    if (typeof input !== 'number') return undefined;
    const extent = (size - 1) * dilations[axis]! + 1;
    return strides[axis]! * (input - 1) + added[axis]! + extent - pads[axis]! - pads[axis + kernel.length]!;
  });
  if (sizes.includes(undefined)) return undefined;
  return [shape[0]!, channels * intAttribute(node, 'group', 1), ...(sizes as number[])];
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

/** Operators that show a constant in another shape or order, or hand it on: `Identity` on weights, a transposed weight. */
function foldView(node: GraphNode, graph: MatchGraph, output: string): void {
  const constant = graph.constant(node.inputs[0]) ?? sizesAsConstant(node, graph);
  if (!constant) return;
  if (node.op === 'Identity') graph.constants.set(output, constant);
  else if (node.op === 'Cast') {
    const to = intAttribute(node, 'to', DataType.undefined);
    if (to === constant.dataType) graph.constants.set(output, constant);
    else
      graph.constants.set(
        output,
        computedConstant(constant.shape, to, () => constant.values()),
      );
  } else if (node.op === 'Transpose') {
    graph.constants.set(output, transposed(constant, permutationOf(node, constant.shape.length)));
  } else if (node.op === 'Reshape' || node.op === 'Unsqueeze' || node.op === 'Squeeze' || node.op === 'Flatten') {
    const shape = outputShape(node, graph);
    if (isKnown(shape)) graph.constants.set(output, reshaped(constant, shape));
  }
}

/** Sizes that become numbers: `1 / sqrt(x.size(-1))`. */
function sizesAsConstant(node: GraphNode, graph: MatchGraph): Constant | undefined {
  const sizes = graph.integers.get(node.inputs[0] ?? '');
  const shape = graph.shape(node.inputs[0]);
  if (node.op !== 'Cast' || !isKnown(sizes) || !isKnown(shape) || elementCount(shape) !== sizes.length)
    return undefined;
  return computedConstant(shape, DataType.int64, () => Float64Array.from(sizes));
}

/** Shape -> Gather -> Unsqueeze -> Concat and their like: sizes that travel as integers. */
function followIntegers(node: GraphNode, graph: MatchGraph, output: string): void {
  const elements = constantIntegers(graph, output) ?? computedIntegers(node, graph);
  if (elements && elements.length <= MOST_INTEGERS) graph.integers.set(output, elements);
}

export function constantIntegers(graph: MatchGraph, value: string): TensorShape | undefined {
  const constant = graph.constant(value);
  if (!constant || elementCount(constant.shape) > MOST_INTEGERS) return undefined;
  if (constant.dataType !== DataType.int64 && constant.dataType !== DataType.int32) return undefined;
  const values = constant.values();
  return values && Array.from(values);
}

function computedIntegers(node: GraphNode, graph: MatchGraph): TensorShape | undefined {
  const inputs = node.inputs.map((input) => graph.integers.get(input));
  const [first, second] = inputs;
  switch (node.op) {
    case 'Shape': {
      const shape = graph.shape(node.inputs[0]);
      return shape && sizesTaken(node, shape);
    }
    case 'Identity':
    case 'Unsqueeze':
    case 'Squeeze':
    case 'Reshape':
    case 'Flatten':
      return first;
    case 'ReduceProd':
      return first && graph.shape(node.inputs[0])?.length === 1 ? [productOf(first)] : undefined;
    case 'ConstantOfShape':
      return first && isKnown(first) ? filled(node, elementCount(first)) : undefined;
    case 'Transpose':
      return first && transposedIntegers(node, graph, first);
    case 'Cast':
      return isIntegerType(intAttribute(node, 'to', 0)) ? first : undefined;
    case 'Concat':
      return inputs.every((part) => part !== undefined) ? inputs.flat() : undefined;
    case 'Gather':
      return first && isKnown(second) ? pick(first, second) : undefined;
    case 'Slice':
      return first && sliceIntegers(node, graph, first);
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Mod':
    case 'Max':
    case 'Equal':
      return first && second ? combine(node.op, first, second) : undefined;
    case 'Where':
      return isKnown(first) ? chosen(first, inputs[1], inputs[2]) : undefined;
    default:
      return undefined;
  }
}

/** Of a `Shape`, which from opset 15 on may be asked for some of the axes. */
function sizesTaken(node: GraphNode, shape: TensorShape): TensorShape {
  const end = node.attributes.get('end');
  return shape.slice(intAttribute(node, 'start', 0), end?.type === 'int' ? end.value : undefined);
}

function isIntegerType(dataType: number): boolean {
  return dataType === DataType.int64 || dataType === DataType.int32;
}

function pick(from: TensorShape, indices: readonly number[]): TensorShape | undefined {
  const picked = indices.flatMap((index) => from[index < 0 ? index + from.length : index] ?? []);
  return picked.length === indices.length ? picked : undefined;
}

/** `ConstantOfShape` of integers; its default is a float 0. */
function filled(node: GraphNode, count: number): TensorShape | undefined {
  const value = node.attributes.get('value');
  if (value?.type !== 'tensor' || !isIntegerType(value.value.dataType) || count > MOST_INTEGERS) return undefined;
  const element = tensorValues(value.value)?.[0];
  return element === undefined ? undefined : Array.from({ length: count }, () => element);
}

function transposedIntegers(node: GraphNode, graph: MatchGraph, from: TensorShape): TensorShape | undefined {
  const shape = graph.shape(node.inputs[0]);
  if (!isKnown(shape) || !isKnown(from) || elementCount(shape) !== from.length) return undefined;
  return Array.from(transposeValues(Float64Array.from(from), shape, permutationOf(node, shape.length)));
}

/** One range along one axis, forwards or backwards. */
function sliceIntegers(node: GraphNode, graph: MatchGraph, from: TensorShape): TensorShape | undefined {
  const range = sliceRange(node, graph);
  const shape = graph.shape(node.inputs[0]) ?? [from.length];
  if (!range || !isKnown(shape) || elementCount(shape) !== from.length) return undefined;
  const axis = (range.axis + shape.length) % Math.max(1, shape.length);
  const indices = sliceIndices(range, shape[axis] ?? 0);
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const size = shape[axis] ?? 1;
  return Array.from({ length: outer }, (_, row) =>
    indices.flatMap((index) => from.slice((row * size + index) * inner, (row * size + index + 1) * inner)),
  ).flat();
}

interface SliceRange {
  readonly start: number;
  readonly end: number;
  readonly axis: number;
  readonly step: number;
}

/** Attributes before opset 10, inputs since; one range for each axis. */
function sliceRanges(node: GraphNode, graph: MatchGraph): readonly SliceRange[] | undefined {
  const part = (attribute: string, place: number): TensorShape | undefined =>
    intsAttribute(node, attribute) ?? (node.inputs[place] ? (graph.integers.get(node.inputs[place]) ?? []) : undefined);
  const [starts, ends] = [part('starts', 1) ?? [], part('ends', 2) ?? []];
  const [axes, steps] = [part('axes', 3) ?? starts.map((_, axis) => axis), part('steps', 4) ?? starts.map(() => 1)];
  const lists = [starts, ends, axes, steps];
  if (starts.length === 0 || !lists.every((list) => list.length === starts.length && isKnown(list))) return undefined;
  const ranges = (starts as readonly number[]).map((start, place) => {
    const [end, axis, step] = [ends, axes, steps].map((list) => Number(list[place])) as [number, number, number];
    return { start, end, axis, step };
  });
  return ranges.some(({ step }) => step === 0) ? undefined : ranges;
}

/** Of a Slice of one axis alone. */
function sliceRange(node: GraphNode, graph: MatchGraph): SliceRange | undefined {
  const ranges = sliceRanges(node, graph);
  return ranges?.length === 1 ? ranges[0] : undefined;
}

/** What a Slice takes of one axis, one after the other, with both bounds counted from the front. */
export function slicedRange(
  node: GraphNode,
  graph: MatchGraph,
): { readonly axis: number; readonly start: number; readonly end: number } | undefined {
  const range = sliceRange(node, graph);
  const rank = graph.shape(node.inputs[0])?.length ?? 0;
  const axis = range && (range.axis + rank) % Math.max(1, rank);
  const size = axis === undefined ? undefined : graph.size(node.inputs[0], axis);
  if (!range || axis === undefined || size === undefined || range.step !== 1) return undefined;
  const { first, last } = clamped(range, size);
  return { axis, start: first, end: last };
}

/** How many elements a range takes of an axis. */
function sliceLength(range: SliceRange, size: number): number {
  const { first, last } = clamped(range, size);
  return Math.max(0, Math.ceil((last - first) / range.step));
}

function sliceIndices(range: SliceRange, size: number): number[] {
  const { first } = clamped(range, size);
  return Array.from({ length: sliceLength(range, size) }, (_, index) => first + index * range.step);
}

/** ONNX's clamping: https://onnx.ai/onnx/operators/onnx__Slice.html */
function clamped({ start, end, step }: SliceRange, size: number): { first: number; last: number } {
  const clamp = (value: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, value < 0 ? value + size : value));
  return step > 0
    ? { first: clamp(start, 0, size), last: clamp(end, 0, size) }
    : { first: clamp(start, 0, size - 1), last: clamp(end, -1, size - 1) };
}

/** Sizes are equal to themselves, and never negative. */
function equality(x: Dimension, y: Dimension): number | undefined {
  if (x === y) return 1;
  return [x, y].some((size) => typeof size === 'number' && size < 0) ? 0 : undefined;
}

/** Element by element one of two lists, of which one may be a single element. */
function chosen(condition: readonly number[], yes: TensorShape = [], no: TensorShape = []): TensorShape | undefined {
  const results = condition.flatMap((each, place) => {
    const from = each !== 0 ? yes : no;
    return from[from.length === 1 ? 0 : place] ?? [];
  });
  return results.length === condition.length ? results : undefined;
}

type IntegerOperator = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod' | 'Max' | 'Equal';

function combine(op: IntegerOperator, a: TensorShape, b: TensorShape): TensorShape | undefined {
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
  const count = a.length === 1 ? b.length : a.length;
  const results = Array.from({ length: count }, (_, i) =>
    combined(op, a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!),
  );
  return results.every((result) => result !== undefined) ? (results as TensorShape) : undefined;
}

/** Symbols are multiplied and divided where that comes out even, whatever they stand for. */
function combined(op: IntegerOperator, x: Dimension, y: Dimension): Dimension | undefined {
  if (typeof x === 'number' && typeof y === 'number') {
    if (op === 'Add') return x + y;
    if (op === 'Sub') return x - y;
    if (op === 'Mul') return x * y;
    if (op === 'Max') return Math.max(x, y);
    if (op === 'Equal') return Number(x === y);
    if (y === 0) return undefined;
    // ONNX's integer Mod has the sign of the divisor.
    return op === 'Div' ? Math.trunc(x / y) : x - y * Math.floor(x / y);
  }
  if (op === 'Mul') return productOf([x, y]);
  if (op === 'Max') return x === y ? x : undefined;
  if (op === 'Equal') return equality(x, y);
  return op === 'Div' ? quotientOf(x, y) : undefined;
}
