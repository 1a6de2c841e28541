import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { channels, elements, graphDims, spatial } from '../layout';
import { windowPlaces, windows } from './window';

/**
 * A convolution of few positions and many channels as products of matrices over all samples at once, with the weight as it lies,
 * `[out, in * places]`. ONNX Runtime's own takes a product of few columns for each sample, or brings the whole weight into
 * blocks first, and its gradients turn the weight round. Which positions the windows see is a matrix of ones and zeros; its
 * transpose brings the gradient back.
 */
export function suitsProducts(operation: Convolution, blockSize: number | undefined): boolean {
  const { groups, inputShapes, outputShape } = operation;
  // Without a block size the graph is for another device than the CPU, or for a file.
  if (blockSize === undefined || groups !== 1) return false;
  // What that matrix costs, relative to the convolution: a pointwise one has none, but is quick by itself as soon as it can be.
  const share = elements(spatial(inputShapes[0])) / channels(outputShape);
  return share <= (isPointwise(operation) ? 1 / 16 : 1 / 4);
}

/** Whether a convolution computes each position from the same position alone. */
export function isPointwise({ kernel, strides, pads, groups }: Convolution): boolean {
  return groups === 1 && [...kernel, ...strides].every((size) => size === 1) && pads.every((pad) => pad === 0);
}

/** `values` are the input, the weight and, with a bias, the bias. */
export function convolveByProducts(
  graph: GraphBuilder,
  operation: Convolution,
  [input, weight, ...bias]: readonly string[],
): string {
  const { outputShape } = operation;
  const rows = graph.add(
    'Gemm',
    [seenByWindows(graph, operation, input), asRows(graph, weight, outputShape), ...bias],
    {
      transB: 1,
    },
  );
  const perSample = graph.add('Reshape', [rows, graph.ints([-1, positions(outputShape), channels(outputShape)])]);
  const channelsFirst = graph.add('Transpose', [perSample], { perm: [0, 2, 1] });
  return graph.add('Reshape', [channelsFirst, graph.ints([-1, ...graphDims(outputShape)])]);
}

/** The gradient of the weight, in the weight's shape. */
export function weightGradientByProducts(
  graph: GraphBuilder,
  operation: Convolution,
  input: string,
  gradient: string,
): string {
  const { inputShapes, outputShape, kernel } = operation;
  const perSample = flat(graph, gradient, outputShape);
  const perChannel = graph.add('Transpose', [perSample], { perm: [1, 0, 2] });
  const rows = asRows(graph, perChannel, outputShape);
  // The same nodes as in the forward part: ONNX Runtime computes them once.
  const product = graph.add('Gemm', [rows, seenByWindows(graph, operation, input)]);
  return graph.add('Reshape', [product, graph.ints([-1, channels(inputShapes[0]), ...kernel])]);
}

export function inputGradientByProducts(
  graph: GraphBuilder,
  operation: Convolution,
  weight: string,
  gradient: string,
): string {
  const { inputShapes, outputShape, kernel } = operation;
  const [inputChannels, outputChannels] = [channels(inputShapes[0]), channels(outputShape)];
  const [places, seen] = [elements(kernel), positions(outputShape)];
  const channelsLast = graph.add('Transpose', [flat(graph, gradient, outputShape)], { perm: [0, 2, 1] });
  const rows = graph.add('Reshape', [channelsLast, graph.ints([-1, outputChannels])]);
  const product = graph.add('Gemm', [rows, asRows(graph, weight, outputShape)]);
  const perWindow = graph.add('Reshape', [product, graph.ints([-1, seen, inputChannels, places])]);
  const perChannel = graph.add('Transpose', [perWindow], { perm: [0, 2, 1, 3] });
  const input = graph.ints([-1, ...graphDims(inputShapes[0])]);
  if (isPointwise(operation)) return graph.add('Reshape', [perChannel, input]);
  const ofWindows = graph.add('Reshape', [perChannel, graph.ints([-1, seen * places])]);
  return graph.add('Reshape', [graph.add('MatMul', [ofWindows, windowMatrix(graph, operation, true)]), input]);
}

/** `[batch * windows, in * places]` */
function seenByWindows(graph: GraphBuilder, operation: Convolution, input: string): string {
  const { inputShapes, outputShape, kernel } = operation;
  const inputChannels = channels(inputShapes[0]);
  const places = elements(kernel);
  const rows = graph.add('Reshape', [input, graph.ints([-1, positions(inputShapes[0])])]);
  const seen = isPointwise(operation) ? rows : graph.add('MatMul', [rows, windowMatrix(graph, operation, false)]);
  const perChannel = graph.ints([-1, inputChannels, positions(outputShape), places]);
  const perWindow = graph.add('Transpose', [graph.add('Reshape', [seen, perChannel])], { perm: [0, 2, 1, 3] });
  return graph.add('Reshape', [perWindow, graph.ints([-1, inputChannels * places])]);
}

/** Ones where a place of a window sees a position: `[positions, windows * places]`, or transposed. Padding is no position. */
function windowMatrix(graph: GraphBuilder, operation: Convolution, transposed: boolean): string {
  const seen = windowPlaces(windows(operation));
  const rows = positions(operation.inputShapes[0]);
  const ones: number[] = new Array(rows * seen.length).fill(0);
  for (const [column, position] of seen.entries()) {
    if (position !== undefined) ones[transposed ? column * rows + position : position * seen.length + column] = 1;
  }
  return graph.floats(ones, transposed ? [seen.length, rows] : [rows, seen.length]);
}

/** Everything but the output's channels in one dimension. */
function asRows(graph: GraphBuilder, value: string, outputShape: Convolution['outputShape']): string {
  return graph.add('Reshape', [value, graph.ints([channels(outputShape), -1])]);
}

function flat(graph: GraphBuilder, value: string, shape: Convolution['outputShape']): string {
  return graph.add('Reshape', [value, graph.ints([-1, channels(shape), positions(shape)])]);
}

function positions(shape: Convolution['outputShape']): number {
  return elements(spatial(shape));
}
