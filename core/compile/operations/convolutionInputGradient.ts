import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import type { TrainingEmission } from '../emission';
import { channels } from '../layout';
import { convolveInBlocks, suitsBlocks } from './blockedConvolution';
import { pads, windows } from './window';

/**
 * The gradient of a convolution's input. Where every step is 1 it is a convolution with the kernel turned round, which ONNX
 * Runtime does faster; otherwise the transposed convolution, whose `output_padding` is what no window reached.
 */
export function convolutionInputGradient(
  { graph, blockSize }: Pick<TrainingEmission, 'graph' | 'blockSize'>,
  operation: Convolution,
  weight: string,
  gradient: string,
): string {
  return isTurnable(operation)
    ? byTurnedKernel(graph, operation, weight, gradient, blockSize)
    : byTransposedConvolution(graph, operation, weight, gradient);
}

function isTurnable(operation: Convolution): boolean {
  const padsFit = windows(operation).every(({ kernel, dilation, padBegin, padEnd }) => {
    const reach = (kernel - 1) * dilation;
    return padBegin <= reach && padEnd <= reach;
  });
  return operation.groups === 1 && operation.strides.every((stride) => stride === 1) && padsFit;
}

function byTurnedKernel(
  graph: GraphBuilder,
  operation: Convolution,
  weight: string,
  gradient: string,
  blockSize: number | undefined,
): string {
  const moving = windows(operation);
  const reach = (pad: 'padBegin' | 'padEnd') =>
    moving.map((window) => (window.kernel - 1) * window.dilation - window[pad]);
  const turned = {
    ...operation,
    inputChannels: channels(operation.outputShape),
    outputChannels: channels(operation.inputShapes[0]),
    pads: pads(reach('padBegin'), reach('padEnd')),
  };
  const values = [gradient, turnedKernel(graph, operation, weight)];
  if (suitsBlocks(turned, blockSize)) return convolveInBlocks(graph, turned, values, blockSize);
  const { kernel, dilations } = turned;
  return graph.add('Conv', values, { kernel_shape: kernel, dilations, pads: turned.pads });
}

/** `[in, out, ...kernel]`, each kernel axis reversed. */
function turnedKernel(graph: GraphBuilder, operation: Convolution, weight: string): string {
  const axes = operation.kernel.map((_, index) => index + 2);
  const swapped = graph.add('Transpose', [weight], { perm: [1, 0, ...axes] });
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
