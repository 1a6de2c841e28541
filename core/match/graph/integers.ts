import { DataType } from '../../onnx/model';
import { elementCount, tensorValues } from '../../onnx/tensor';
import { type Constant, computedConstant, transposeValues } from './constants';
import { type Dimension, type GraphNode, intAttribute, isKnown, type MatchGraph, type TensorShape } from './graph';
import { permutationOf } from './operatorArguments';
import { countOf } from './otherShapes';
import { productOf, quotientOf } from './sizes';
import { sliceIndices, sliceRange } from './sliceRanges';

/** Shape -> Gather -> Unsqueeze -> Concat and their like: sizes that travel as integers. */
export function followIntegers(node: GraphNode, graph: MatchGraph, output: string): void {
  const elements = constantIntegers(graph, output) ?? computedIntegers(node, graph);
  if (elements && elements.length <= MOST_INTEGERS) graph.integers.set(output, elements);
}

/** Integer tensors up to this many elements are followed element by element. */
const MOST_INTEGERS = 64;

export function constantIntegers(graph: MatchGraph, value: string): TensorShape | undefined {
  const constant = graph.constant(value);
  if (!constant || elementCount(constant.shape) > MOST_INTEGERS) return undefined;
  if (constant.dataType !== DataType.int64 && constant.dataType !== DataType.int32) return undefined;
  const values = constant.values();
  return values && Array.from(values);
}

/** Integers that are known, as a constant. */
export function knownIntegers(value: string, graph: MatchGraph): Constant | undefined {
  const [integers, shape] = [graph.integers.get(value), graph.shape(value)];
  if (!isKnown(integers) || !isKnown(shape) || elementCount(shape) !== integers.length) return undefined;
  return computedConstant(shape, DataType.int64, () => Float64Array.from(integers));
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
    case 'Range':
      return counted(inputs.map((part) => part?.[0]));
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

/** The numbers of a `Range` whose bounds and step are known. */
function counted(bounds: readonly (Dimension | undefined)[]): TensorShape | undefined {
  const [start, , step] = bounds;
  if (bounds.length !== 3 || !isKnown(bounds as TensorShape) || step === 0) return undefined;
  const count = countOf(bounds as readonly number[]);
  if (count > MOST_INTEGERS) return undefined;
  return Array.from({ length: count }, (_, place) => Number(start) + place * Number(step));
}

/** Of a `Shape`, which from opset 15 on may be asked for some of the axes. */
export function sizesTaken(node: GraphNode, shape: TensorShape): TensorShape {
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
