import type { GraphBuilder } from '../../onnx/builder';
import { blockedDomain } from '../blockedLayout';
import { fromBlocks, toBlocks } from '../blocks';
import { elements } from '../layout';

/** A two-dimensional convolution as ONNX Runtime's blocked layout does it; attributes as those of Conv. */
export interface BlockedConvolution {
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly groups: number;
}

/**
 * Whether the layout can be had and is worth the way there and back: not for kernels of one element, which need no unfolding,
 * unless the input lies there. Groups are one, or one for each channel.
 */
export function suitsBlocks(
  { inputChannels, outputChannels, kernel, groups }: BlockedConvolution,
  blockSize: number | undefined,
  inputLiesThere: boolean,
): blockSize is number {
  if (blockSize === undefined || inputChannels % blockSize !== 0 || kernel.length !== 2) return false;
  if (groups === inputChannels) return outputChannels === groups;
  return groups === 1 && outputChannels >= blockSize && (elements(kernel) > 1 || inputLiesThere);
}

/** `values` are the input, the weight `[out, in / groups, height, width]` and, with a bias, the bias. */
export function convolveInBlocks(
  graph: GraphBuilder,
  convolution: BlockedConvolution,
  [input, ...rest]: readonly string[],
  blockSize: number,
): string {
  return convolveBlocks(graph, convolution, [toBlocks(graph, input), ...rest], blockSize);
}

/** As `convolveInBlocks`, but the input's values are in blocks already. */
export function convolveBlocks(
  graph: GraphBuilder,
  convolution: BlockedConvolution,
  [blocks, weight, ...bias]: readonly string[],
  blockSize: number,
): string {
  const { outputChannels, kernel, strides, dilations, pads, groups } = convolution;
  const missing = Math.ceil(outputChannels / blockSize) * blockSize - outputChannels;
  const padded = (value: string, pads: readonly number[]) =>
    missing === 0 ? value : graph.add('Pad', [value, graph.ints(pads)]);
  const weightBlocks =
    groups > 1
      ? depthwiseWeightInBlocks(graph, convolution, weight)
      : weightInBlocks(graph, convolution, padded(weight, [0, 0, 0, 0, missing, 0, 0, 0]), blockSize);
  const values = [blocks, weightBlocks, ...bias.map((value) => padded(value, [0, missing]))];
  const attributes = { kernel_shape: kernel, strides, dilations, pads, group: groups };
  const output = graph.add('Conv', values, attributes, { domain: blockedDomain });
  if (missing === 0) return fromBlocks(graph, output, outputChannels);
  return graph.add('ReorderOutput', [output], { channels: outputChannels }, { domain: blockedDomain });
}

/** In the order `[out / block, in / block, places, in of block, out of block]`, in the dimensions of Conv's weight. */
function weightInBlocks(
  graph: GraphBuilder,
  { inputChannels, outputChannels, kernel }: BlockedConvolution,
  weight: string,
  blockSize: number,
): string {
  const [outputBlocks, inputBlocks] = [Math.ceil(outputChannels / blockSize), inputChannels / blockSize];
  const places = elements(kernel);
  // Two turns of whole rows: ONNX Runtime has a fast way for each, and none for both at once.
  const rows = graph.add('Reshape', [weight, graph.ints([outputBlocks, blockSize, inputChannels * places])]);
  const outputLast = graph.add('Transpose', [rows], { perm: [0, 2, 1] });
  const split = graph.ints([outputBlocks * inputBlocks, blockSize, places, blockSize]);
  const ordered = graph.add('Transpose', [graph.add('Reshape', [outputLast, split])], { perm: [0, 2, 1, 3] });
  return graph.add('Reshape', [ordered, graph.ints([outputBlocks * blockSize, inputChannels, ...kernel])]);
}

/** `[channels / block, 1, height, width, channel of block]`: the order of an image's channels, so the kernels pass for one. */
function depthwiseWeightInBlocks(
  graph: GraphBuilder,
  { outputChannels, kernel }: BlockedConvolution,
  weight: string,
): string {
  const image = graph.add('Reshape', [weight, graph.ints([1, outputChannels, ...kernel])]);
  return graph.add('Reshape', [toBlocks(graph, image), graph.ints([outputChannels, 1, ...kernel])]);
}
