import type { GraphBuilder } from '../../onnx/builder';
import { blockedDomain } from '../blockedLayout';
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

/** Whether the layout can be had and is worth the way there and back: not for kernels of one element, which need no unfolding. */
export function suitsBlocks(
  { inputChannels, outputChannels, kernel, groups }: BlockedConvolution,
  blockSize: number | undefined,
): blockSize is number {
  const whole = blockSize !== undefined && inputChannels % blockSize === 0 && outputChannels >= blockSize;
  return whole && groups === 1 && kernel.length === 2 && elements(kernel) > 1;
}

/** `values` are the input, the weight `[out, in, height, width]` and, with a bias, the bias. */
export function convolveInBlocks(
  graph: GraphBuilder,
  convolution: BlockedConvolution,
  [input, weight, ...bias]: readonly string[],
  blockSize: number,
): string {
  const { outputChannels, kernel, strides, dilations, pads } = convolution;
  const missing = Math.ceil(outputChannels / blockSize) * blockSize - outputChannels;
  const padded = (value: string, pads: readonly number[]) =>
    missing === 0 ? value : graph.add('Pad', [value, graph.ints(pads)]);
  const wholeWeight = padded(weight, [0, 0, 0, 0, missing, 0, 0, 0]);
  const values = [
    graph.add('ReorderInput', [input], {}, { domain: blockedDomain }),
    weightInBlocks(graph, convolution, wholeWeight, blockSize),
    ...bias.map((value) => padded(value, [0, missing])),
  ];
  const attributes = { kernel_shape: kernel, strides, dilations, pads, group: 1 };
  const blocked = graph.add('Conv', values, attributes, { domain: blockedDomain });
  return graph.add('ReorderOutput', [blocked], { channels: outputChannels }, { domain: blockedDomain });
}

/** In the order `[out / block, in / block, height, width, in of block, out of block]`, in the dimensions of Conv's weight. */
function weightInBlocks(
  graph: GraphBuilder,
  { inputChannels, outputChannels, kernel }: BlockedConvolution,
  weight: string,
  blockSize: number,
): string {
  const [outputBlocks, inputBlocks] = [Math.ceil(outputChannels / blockSize), inputChannels / blockSize];
  const split = graph.ints([outputBlocks, blockSize, inputBlocks, blockSize, ...kernel]);
  const ordered = graph.add('Transpose', [graph.add('Reshape', [weight, split])], { perm: [0, 2, 4, 5, 3, 1] });
  return graph.add('Reshape', [ordered, graph.ints([outputBlocks * blockSize, inputChannels, ...kernel])]);
}
