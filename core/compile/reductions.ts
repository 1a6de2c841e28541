import type { GraphBuilder } from '../onnx/builder';
import type { Shape } from '../shape/network';
import { blockedDomain } from './blockedLayout';
import { elementByElement, fromBlocks, liesInBlocks, meansOfBlocks, toBlocks } from './blocks';
import { channels, elements, spatial } from './layout';

/**
 * The sum over everything but channels of a `[batch, channels, ...]` value: `[channels]`. Within each sample first, then over
 * the batch: one float32 accumulator over all of it loses three digits at half a million elements.
 */
export function sumPerChannel(graph: GraphBuilder, value: string, shape: Shape): string {
  if (liesInBlocks(graph, value)) return sumOfBlocks(graph, value, shape);
  const perSample = shape.length === 1 ? value : reduce(graph, 'ReduceSum', value, spatialAxes(shape));
  return reduce(graph, 'ReduceSum', perSample, [0]);
}

function sumOfBlocks(graph: GraphBuilder, value: string, shape: Shape): string {
  const means = reduce(graph, 'ReduceSum', meansOfBlocks(graph, value, shape), [0]);
  return graph.add('Mul', [means, graph.scalar(elements(spatial(shape)))]);
}

/** Per channel, the sum over everything else of the product of two values. */
export function sumOfProductsPerChannel(graph: GraphBuilder, left: string, right: string, shape: Shape): string {
  const product = elementByElement(graph, [left, right], shape, (values) => graph.add('Mul', values));
  return sumPerChannel(graph, product, shape);
}

/** As `sumPerChannel`, of the squares: ReduceSumSquare takes twice as long as to square first. */
export function sumOfSquaresPerChannel(graph: GraphBuilder, value: string, shape: Shape): string {
  return sumOfProductsPerChannel(graph, value, value, shape);
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

/** `factor * value`, per channel. */
export function scalePerChannel(graph: GraphBuilder, value: string, factor: string, shape: Shape): string {
  if (liesInBlocks(graph, value)) return convolveEachChannel(graph, value, [factor], shape);
  return graph.add('Mul', [value, alongChannels(graph, factor, shape)]);
}

/** `factor * value + term`, both per channel, in one pass over the value; plus another value of the same shape. */
export function scaleAndShift(
  graph: GraphBuilder,
  value: string,
  factor: string,
  term: string,
  shape: Shape,
  plus?: string,
): string {
  const others = plus === undefined ? [] : [plus];
  if ([value, ...others].every((each) => liesInBlocks(graph, each))) {
    const blocks = others.map((each) => toBlocks(graph, each));
    return convolveEachChannel(graph, value, [factor, term, ...blocks], shape);
  }
  const zeros = graph.floats(new Array(channels(shape)).fill(0));
  const ones = graph.floats(new Array(channels(shape)).fill(1));
  const values = [value, factor, term, zeros, ones];
  const moved = graph.add('BatchNormalization', values, { epsilon: { type: 'float', value: 0 } });
  return plus === undefined ? moved : graph.add('Add', [plus, moved]);
}

/** Each channel convolved with a kernel of one element, its factor; `others` are the term, and what is added to all. */
function convolveEachChannel(graph: GraphBuilder, value: string, [factor, ...others]: string[], shape: Shape): string {
  const weight = graph.add('Reshape', [factor, graph.ints([channels(shape), 1, 1, 1])]);
  const attributes = { kernel_shape: [1, 1], group: channels(shape) };
  const output = graph.add('Conv', [toBlocks(graph, value), weight, ...others], attributes, { domain: blockedDomain });
  return fromBlocks(graph, output, channels(shape));
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
