import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { liesInBlocks, toChannelsLast } from '../blocks';
import type { TrainingEmission } from '../emission';
import { channels, elements, spatial } from '../layout';
import { reduce } from '../reductions';
import { isPointwise, suitsProducts, weightGradientByProducts } from './convolutionByProducts';
import { cropToKernel } from './cropToKernel';
import { depthwiseWeightGradient, isDepthwise } from './depthwise';
import { pads, windows } from './window';

/**
 * The gradient of a convolution's weight, `[out, in / groups, ...kernel]`, as one convolution with one more axis: the samples
 * take the place of the channels, the input's channels become the last spatial axis, and the output's gradient is the kernel.
 * A stride turns into a dilation and a dilation into a stride; groups stay groups.
 */
export function convolutionWeightGradient(
  emission: Pick<TrainingEmission, 'graph' | 'blockSize'>,
  operation: Convolution,
  input: string,
  gradient: string,
): string {
  if (isDepthwise(operation)) return depthwiseWeightGradient(emission, operation, input, gradient);
  const { graph, blockSize } = emission;
  if (suitsSumOfProducts(operation)) return pointwiseWeightGradient(graph, operation, input, gradient);
  if (isPointwise(operation) || suitsProducts(operation, blockSize))
    return weightGradientByProducts(graph, operation, input, gradient);
  const moving = windows(operation);
  const outputChannels = channels(operation.outputShape);
  const kernel = graph.add('Reshape', [
    swapBatchAndChannels(graph, gradient, operation.outputShape.length + 1),
    graph.ints([outputChannels, -1, ...spatial(operation.outputShape), 1]),
  ]);
  const correlated = graph.add('Conv', [samplesAsChannels(graph, operation, input), kernel], {
    kernel_shape: [...moving.map((window) => window.output), 1],
    strides: [...moving.map((window) => window.dilation), 1],
    dilations: [...moving.map((window) => window.stride), 1],
    pads: pads([...moving.map((window) => window.padBegin), 0], [...moving.map((window) => window.padEnd), 0]),
    group: operation.groups,
  });
  return channelsBeforeKernel(graph, operation, cropToKernel(graph, operation, correlated));
}

/** Whether a product for each sample, and their sum, take less memory than to bring the channels of all samples together. */
function suitsSumOfProducts(operation: Convolution): boolean {
  const [inputs, outputs] = [channels(operation.inputShapes[0]), channels(operation.outputShape)];
  return isPointwise(operation) && inputs * outputs <= (inputs + outputs) * elements(spatial(operation.outputShape));
}

function pointwiseWeightGradient(
  graph: GraphBuilder,
  { inputShapes: [inputShape], outputShape, kernel }: Convolution,
  input: string,
  gradient: string,
): string {
  const [inputs, outputs] = [channels(inputShape), channels(outputShape)];
  const rows = (value: string, count: number) => graph.add('Reshape', [value, graph.ints([0, count, -1])]);
  const columns = liesInBlocks(graph, input)
    ? graph.add('Reshape', [toChannelsLast(graph, input, inputShape), graph.ints([0, -1, inputs])])
    : graph.add('Transpose', [rows(input, inputs)], { perm: [0, 2, 1] });
  const sum = reduce(graph, 'ReduceSum', graph.add('MatMul', [rows(gradient, outputs), columns]), [0]);
  return graph.add('Reshape', [sum, graph.ints([outputs, inputs, ...kernel])]);
}

/** `[1, groups * batch, ...input, channels / groups]` */
function samplesAsChannels(graph: GraphBuilder, operation: Convolution, input: string): string {
  const { groups } = operation;
  const positions = spatial(operation.inputShapes[0]);
  const perGroup = channels(operation.inputShapes[0]) / groups;
  const spatialAxes = (first: number) => positions.map((_, index) => index + first);
  if (groups === 1) {
    const channelsLast = toChannelsLast(graph, input, operation.inputShapes[0]);
    return graph.add('Reshape', [channelsLast, graph.ints([1, -1, ...positions, perGroup])]);
  }
  const split = graph.add('Reshape', [input, graph.ints([-1, groups, perGroup, ...positions])]);
  const moved = graph.add('Transpose', [split], { perm: [1, 0, ...spatialAxes(3), 2] });
  return graph.add('Reshape', [moved, graph.ints([1, -1, ...positions, perGroup])]);
}

function swapBatchAndChannels(graph: GraphBuilder, value: string, rank: number): string {
  const rest = Array.from({ length: rank - 2 }, (_, index) => index + 2);
  return graph.add('Transpose', [value], { perm: [1, 0, ...rest] });
}

/** `[1, out, ...kernel, in / groups]` to `[out, in / groups, ...kernel]`. */
function channelsBeforeKernel(graph: GraphBuilder, operation: Convolution, value: string): string {
  const rank = operation.kernel.length;
  const kernelAxes = operation.kernel.map((_, index) => index + 2);
  const moved = graph.add('Transpose', [value], { perm: [0, 1, rank + 2, ...kernelAxes] });
  return graph.add('Squeeze', [moved, graph.ints([0])]);
}
