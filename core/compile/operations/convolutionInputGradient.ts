import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { liesInBlocks, toBlocks } from '../blocks';
import type { TrainingEmission } from '../emission';
import { channels, spatial } from '../layout';
import { convolveBlocks, suitsBlocks } from './blockedConvolution';
import { inputGradientByProducts, suitsProducts } from './convolutionByProducts';
import { isDepthwise } from './depthwise';
import { pads, windows } from './window';

/**
 * The gradient of a convolution's input. Where every step is 1 it is a convolution with the kernel turned round, which ONNX
 * Runtime does faster; otherwise the transposed convolution, whose `output_padding` is what no window reached. In blocks of
 * channels, depthwise, the turned kernel is faster for any step, over the gradient with zeros between its elements.
 */
export function convolutionInputGradient(
  { graph, blockSize }: Pick<TrainingEmission, 'graph' | 'blockSize'>,
  operation: Convolution,
  weight: string,
  gradient: string,
): string {
  if (suitsProducts(operation, blockSize)) return inputGradientByProducts(graph, operation, weight, gradient);
  const turned = turnedConvolution(operation);
  const isStepped = operation.strides.some((stride) => stride > 1);
  const isPossible = turned.pads.every((pad) => pad >= 0) && (operation.groups === 1 || isDepthwise(operation));
  if (
    isPossible &&
    suitsBlocks(turned, blockSize, liesInBlocks(graph, gradient)) &&
    (!isStepped || isDepthwise(operation))
  ) {
    const spread = spreadBlocks(graph, operation, toBlocks(graph, gradient), blockSize);
    const values = [spread, turnedKernel(graph, operation, weight)];
    return convolveBlocks(graph, turned, values, blockSize);
  }
  if (!isPossible || isStepped) return byTransposedConvolution(graph, operation, weight, gradient);
  const { kernel, dilations, pads: turnedPads, groups } = turned;
  return graph.add('Conv', [gradient, turnedKernel(graph, operation, weight)], {
    kernel_shape: kernel,
    dilations,
    pads: turnedPads,
    group: groups,
  });
}

/** Over the output's gradient, each element followed by `stride - 1` zeros; negative pads where there is no such convolution. */
function turnedConvolution(operation: Convolution) {
  const moving = windows(operation);
  const begins = moving.map(({ kernel, dilation, padBegin }) => (kernel - 1) * dilation - padBegin);
  const ends = moving.map(({ input, output, stride, padBegin }) => input + padBegin - output * stride);
  return {
    ...operation,
    inputChannels: channels(operation.outputShape),
    outputChannels: channels(operation.inputShapes[0]),
    strides: operation.strides.map(() => 1),
    pads: pads(begins, ends),
  };
}

/** Puts `stride - 1` rows of zeros after each row of a blocked value, and columns after each column. */
function spreadBlocks(
  graph: GraphBuilder,
  { strides, outputShape }: Convolution,
  blocks: string,
  blockSize: number,
): string {
  if (strides.every((stride) => stride === 1)) return blocks;
  const [height, width] = spatial(outputShape);
  const [rows, columns] = strides;
  const apart = graph.add('Reshape', [blocks, graph.ints([-1, 1, width, blockSize])]);
  const zeros = graph.ints([0, 0, 0, 0, 0, rows - 1, 0, (columns - 1) * blockSize]);
  const spread = graph.add('Pad', [apart, zeros]);
  return graph.add('Reshape', [spread, graph.ints([-1, channels(outputShape), height * rows, width * columns])]);
}

/** `[in, out / groups, ...kernel]`, each kernel axis reversed. */
function turnedKernel(graph: GraphBuilder, operation: Convolution, weight: string): string {
  const axes = operation.kernel.map((_, index) => index + 2);
  const swapped = isDepthwise(operation)
    ? graph.add('Reshape', [weight, graph.ints([operation.groups, -1, ...operation.kernel])])
    : graph.add('Transpose', [weight], { perm: [1, 0, ...axes] });
  if (operation.kernel.every((size) => size === 1)) return swapped;
  const last = axes.map(() => -1);
  const beforeFirst = operation.kernel.map((size) => -size - 1);
  return graph.add('Slice', [swapped, graph.ints(last), graph.ints(beforeFirst), graph.ints(axes), graph.ints(last)]);
}

function byTransposedConvolution(
  graph: GraphBuilder,
  operation: Convolution,
  weight: string,
  gradient: string,
): string {
  return graph.add('ConvTranspose', [gradient, weight], {
    kernel_shape: operation.kernel,
    strides: operation.strides,
    dilations: operation.dilations,
    pads: operation.pads,
    output_padding: windows(operation).map((window) => window.leftover),
    group: operation.groups,
  });
}
