import type { GraphBuilder } from '../onnx/builder';
import type { Shape } from '../shape/network';
import { channels, elements, spatial } from './layout';

/**
 * The sum over everything but channels of a `[batch, channels, ...]` value: `[channels]`. Within each sample first, then over
 * the batch: one float32 accumulator over all of it loses three digits at half a million elements.
 */
export function sumPerChannel(graph: GraphBuilder, value: string, shape: Shape): string {
  const perSample = shape.length === 1 ? value : reduce(graph, 'ReduceSum', value, spatialAxes(shape));
  return reduce(graph, 'ReduceSum', perSample, [0]);
}

/** As `sumPerChannel`, of the squares: ReduceSumSquare takes twice as long as to square first. */
export function sumOfSquaresPerChannel(graph: GraphBuilder, value: string, shape: Shape): string {
  return sumPerChannel(graph, graph.add('Mul', [value, value]), shape);
}

/** How many values of one batch share a channel, as a float32 scalar. */
export function countPerChannel(graph: GraphBuilder, batchSize: string, shape: Shape): string {
  const positions = elements(spatial(shape));
  return positions === 1 ? batchSize : graph.add('Mul', [batchSize, graph.scalar(positions)]);
}

/** `[channels]` in a form that broadcasts against `[batch, channels, ...]`. */
export function alongChannels(graph: GraphBuilder, vector: string, shape: Shape): string {
  if (shape.length === 1) return vector;
  return graph.add('Reshape', [vector, graph.ints([channels(shape), ...spatial(shape).map(() => 1)])]);
}

/** `factor * value + term`, both per channel, in one pass over the value. */
export function scaleAndShift(graph: GraphBuilder, value: string, factor: string, term: string, shape: Shape): string {
  const zeros = graph.floats(new Array(channels(shape)).fill(0));
  const ones = graph.floats(new Array(channels(shape)).fill(1));
  return graph.add('BatchNormalization', [value, factor, term, zeros, ones], { epsilon: { type: 'float', value: 0 } });
}

export function reduce(graph: GraphBuilder, opType: string, value: string, axes: readonly number[], keep = 0): string {
  return graph.add(opType, [value, graph.ints(axes)], { keepdims: keep });
}

/** The sum over the batch of `left * right^T`, each `[batch, rows, columns]`. */
export function sumOfProducts(graph: GraphBuilder, left: string, right: string): string {
  const turned = graph.add('Transpose', [right], { perm: [0, 2, 1] });
  return reduce(graph, 'ReduceSum', graph.add('MatMul', [left, turned]), [0]);
}

function spatialAxes(shape: Shape): number[] {
  return spatial(shape).map((_, index) => index + 2);
}
