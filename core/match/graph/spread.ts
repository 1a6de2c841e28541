import { DataType } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';
import { type Constant, computedConstant, joined, reshaped } from './constants';
import { foldOperator } from './foldMask';
import { partOf } from './foldRows';
import { type GraphNode, intAttribute, isKnown, type MatchGraph, type TensorShape } from './graph';
import { knownIntegers } from './integers';
import { axesOf } from './operatorArguments';
import { sliceIndices, sliceRange } from './sliceRanges';

/**
 * Follows what is the same for every sample of a batch: constants that a graph spreads over axes of unknown size and goes on
 * computing with, as Transformers does to make a causal mask out of the positions of each sample. Such a value has in
 * `graph.spread` the constant that it repeats, with ones for the axes of unknown size.
 */
export function foldSpread(node: GraphNode, graph: MatchGraph, output: string): void {
  const shape = graph.shape(output);
  if (!shape || graph.constant(output)) return;
  const axis = countedAxis(node, graph, shape);
  if (axis !== undefined) graph.counting.set(output, axis);
  if (isKnown(shape)) return;
  const constant = spreadOf(node, graph, shape);
  const fits = constant?.shape.every((size, at) => size === (typeof shape[at] === 'number' ? shape[at] : 1));
  if (constant?.shape.length === shape.length && fits) graph.spread.set(output, constant);
}

/** A constant, integers that are known, or what a value repeats. */
export function repeated(value: string | undefined, graph: MatchGraph): Constant | undefined {
  if (!value) return undefined;
  return graph.constant(value) ?? knownIntegers(value, graph) ?? graph.spread.get(value);
}

const ELEMENTWISE = new Set('Equal Greater GreaterOrEqual Less LessOrEqual And Or Not Where Add Sub Mul'.split(' '));

function spreadOf(node: GraphNode, graph: MatchGraph, shape: TensorShape): Constant | undefined {
  const found = node.inputs.map((input) => repeated(input, graph));
  const operands = found.includes(undefined) ? undefined : (found as readonly Constant[]);
  if (ELEMENTWISE.has(node.op)) return operands && foldOperator(node.op, operands);
  if (node.op === 'GatherND') return samplesOf(node, graph);
  const [first] = found;
  if (!first) return undefined;
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 1));
  switch (node.op) {
    case 'Identity':
      return first;
    case 'Expand':
      return foldOperator('Expand', [first], sizes);
    case 'Unsqueeze':
    case 'Squeeze':
      return reshaped(first, sizes);
    case 'Cast':
      return cast(first, intAttribute(node, 'to', DataType.undefined));
    case 'Slice':
      return sliced(first, node, graph);
    case 'Concat':
      return operands && joined(operands, intAttribute(node, 'axis', 0));
    case 'CumSum':
      return summed(first, found[1], node);
    default:
      return undefined;
  }
}

/** Between truth values and integers. */
function cast(constant: Constant, to: number): Constant | undefined {
  const types: readonly number[] = [DataType.bool, DataType.int32, DataType.int64];
  if (!types.includes(to) || !types.includes(constant.dataType)) return undefined;
  const isTruth = to === DataType.bool;
  return computedConstant(constant.shape, to, () =>
    constant.values()?.map((value) => (isTruth ? Number(value !== 0) : value)),
  );
}

/** Of an axis whose size is known. */
function sliced(constant: Constant, node: GraphNode, graph: MatchGraph): Constant | undefined {
  const range = sliceRange(node, graph);
  const from = graph.shape(node.inputs[0]);
  const axis = range && from && (range.axis + from.length) % Math.max(1, from.length);
  const size = axis === undefined ? undefined : from?.[axis];
  if (!range || axis === undefined || typeof size !== 'number') return undefined;
  return partOf(constant, axis, sliceIndices(range, size));
}

/** `CumSum` forwards, each sum with the element itself. */
function summed(constant: Constant, axes: Constant | undefined, node: GraphNode): Constant | undefined {
  const along = axes?.values()?.[0];
  if (along === undefined || intAttribute(node, 'exclusive', 0) !== 0 || intAttribute(node, 'reverse', 0) !== 0)
    return undefined;
  const { shape } = constant;
  const axis = along < 0 ? along + shape.length : along;
  const step = elementCount(shape.slice(axis + 1));
  return computedConstant(shape, constant.dataType, () => {
    const sums = Float64Array.from(constant.values() ?? []);
    for (let at = 0; at < sums.length; at++) {
      if (Math.floor(at / step) % shape[axis]! > 0) sums[at]! += sums[at - step]!;
    }
    return constant.values() && sums;
  });
}

/** The axis along which a value counts from 0 on, as a `Range` up to the batch's size does, and is the same in all others. */
function countedAxis(node: GraphNode, graph: MatchGraph, shape: TensorShape): number | undefined {
  const axis = graph.counting.get(node.inputs[0] ?? '');
  switch (node.op) {
    case 'Range': {
      const [start, limit, step] = node.inputs.map((input) => graph.integers.get(input)?.[0]);
      return start === 0 && step === 1 && typeof limit === 'string' && shape[0] === limit ? 0 : undefined;
    }
    case 'Identity':
      return axis;
    case 'Unsqueeze': {
      const added =
        axis === undefined ? undefined : axesOf(node, graph)?.map((at) => (at + shape.length) % shape.length);
      const places = shape.map((_, at) => at).filter((at) => !added?.includes(at));
      return added && places[axis!];
    }
    case 'Expand': {
      const from = graph.shape(node.inputs[0]);
      const at = axis === undefined || !from ? undefined : axis + shape.length - from.length;
      return at !== undefined && from![axis!] === shape[at] ? at : undefined;
    }
    default:
      return undefined;
  }
}

/** Indices of a `GatherND` that are pairs of a sample's own number and a place. */
export interface OwnPlaces {
  /** The axis of the indices along which the samples are counted. */
  readonly axis: number;
  readonly place: string;
}

/**
 * Reads such pairs.
 *
 * Near miss: numbers that do not begin at 0, or are not those of all samples.
 */
export function ownPlaces(node: GraphNode, graph: MatchGraph): OwnPlaces | undefined {
  const [data, indices] = node.inputs.map((input) => graph.shape(input));
  const pair = graph.producer(node.inputs[1]);
  if (data?.length !== 2 || indices?.at(-1) !== 2 || intAttribute(node, 'batch_dims', 0) !== 0) return undefined;
  if ((pair?.op !== 'Concat' && pair?.op !== 'concatenate') || pair.inputs.length !== 2) return undefined;
  const [sample, place] = pair.inputs as [string, string];
  const axis = graph.counting.get(sample);
  const count = graph.shape(sample);
  const isOfAll = axis !== undefined && count?.[axis] === data[0] && count.at(-1) === 1;
  return isOfAll ? { axis, place } : undefined;
}

function samplesOf(node: GraphNode, graph: MatchGraph): Constant | undefined {
  const own = ownPlaces(node, graph);
  const data = graph.spread.get(node.inputs[0] ?? '');
  const places = repeated(own?.place, graph);
  if (!places || data?.shape[0] !== 1) return undefined;
  const size = data.shape[1]!;
  return computedConstant(places.shape.slice(0, -1), data.dataType, () => {
    const [values, indices] = [data.values(), places.values()];
    const isWithin = indices?.every((index) => index >= -size && index < size);
    return values && isWithin ? Float64Array.from(indices!, (index) => values[(index + size) % size]!) : undefined;
  });
}
