import { einsumShape } from './einsum';
import {
  type Dimension,
  type GraphNode,
  intAttribute,
  isKnown,
  type MatchGraph,
  stringAttribute,
  type TensorShape,
} from './graph';
import { broadcastShapes } from './shapeArithmetic';
import { splitAxis, splitSizes } from './split';

/** The shapes of all outputs of operators that have several, of `Expand` and of `Range`; none for other operators. */
export function otherShapes(node: GraphNode, graph: MatchGraph): readonly (TensorShape | undefined)[] {
  const shape = graph.shape(node.inputs[0]);
  if (node.op === 'Range') return [countedShape(node, graph)];
  if (!shape) return [];
  switch (node.op) {
    case 'Expand':
      return [broadcastShapes([shape, graph.integers.get(node.inputs[1] ?? '')])];
    case 'DepthToSpace':
    case 'SpaceToDepth':
      return [blockShape(node, shape)];
    case 'Split':
      return splitShapes(node, graph, shape);
    case 'Einsum':
      return [einsumShape(node, graph)];
    case 'Attention':
      return attendedShape(shape, graph.shape(node.inputs[2]));
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return recurrentShapes(node, shape);
    default:
      return [];
  }
}

/** Of a `Range` of numbers, or from 0 in ones up to a size. */
function countedShape(node: GraphNode, graph: MatchGraph): TensorShape | undefined {
  const [start, limit, step] = node.inputs.map((input) => graph.integers.get(input)?.[0]);
  if (start === 0 && step === 1 && limit !== undefined) return [limit];
  const bounds = [start, limit, step];
  return isKnown(bounds as TensorShape) && step !== 0 ? [countOf(bounds as number[])] : undefined;
}

/** How many numbers there are from a start, below a limit, in steps. */
export function countOf([start = 0, limit = 0, step = 1]: readonly number[]): number {
  return Math.max(0, Math.ceil((limit - start) / step));
}

/** Blocks of places as channels, or channels as blocks; `undefined` where they do not come out even. */
function blockShape(node: GraphNode, shape: TensorShape): TensorShape | undefined {
  const size = intAttribute(node, 'blocksize', 0);
  const [batch, ...sizes] = shape;
  if (batch === undefined || sizes.length !== 3 || !isKnown(sizes) || size < 1) return undefined;
  const [channels, height, width] = sizes as unknown as [number, number, number];
  const result =
    node.op === 'DepthToSpace'
      ? [channels / size / size, height * size, width * size]
      : [channels * size * size, height / size, width / size];
  return result.every(Number.isInteger) ? [batch, ...result] : undefined;
}

function splitShapes(node: GraphNode, graph: MatchGraph, shape: TensorShape): readonly TensorShape[] {
  const axis = splitAxis(node, shape.length);
  return (splitSizes(node, graph) ?? []).map((size) => shape.map((own, at) => (at === axis ? size : own)));
}

/** `[batch, heads, length, width]`: as the queries, with the width of the values. */
function attendedShape(queries: TensorShape, values: TensorShape | undefined): readonly TensorShape[] {
  const width = values?.[3];
  return queries.length === 4 && width !== undefined ? [[...queries.slice(0, 3), width]] : [];
}

/** `[length, directions, batch, units]`, and `[directions, batch, units]` for the states, unless `layout` is 1. */
function recurrentShapes(node: GraphNode, shape: TensorShape): readonly TensorShape[] {
  const units = intAttribute(node, 'hidden_size', 0);
  const directions = stringAttribute(node, 'direction', 'forward') === 'bidirectional' ? 2 : 1;
  if (shape.length !== 3 || units < 1 || intAttribute(node, 'layout', 0) !== 0) return [];
  const [length, batch] = shape as [Dimension, Dimension];
  const state: TensorShape = [directions, batch, units];
  return [[length, directions, batch, units], state, state];
}
