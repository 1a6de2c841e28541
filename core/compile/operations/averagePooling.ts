import type { GraphBuilder } from '../../onnx/builder';
import type { Pooling } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { channels, elements, spatial } from '../layout';
import { poolingAttributes } from './maxPooling';
import { type Window, windows } from './window';

/** The mean of the elements in the window; padding does not count as elements. */
export const averagePooling: OperationCompiler<Pooling> = {
  infer(emission, operation, [input]) {
    return emission.graph.add('AveragePool', [input], attributes(operation), emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    return {
      output: graph.add('AveragePool', [input], attributes(operation)),
      backward: (gradient, [wanted]) => [wanted ? spread(graph, operation, gradient) : undefined],
    };
  },
};

function attributes(operation: Pooling) {
  return { ...poolingAttributes(operation), count_include_pad: 0 };
}

/** Every place of a window gets an equal share: a transposed convolution with ones, each channel for itself. */
function spread(graph: GraphBuilder, operation: Pooling, gradient: string): string {
  const channelCount = channels(operation.outputShape);
  const moving = windows(operation);
  const share = graph.add('Mul', [gradient, graph.floats(shares(moving), [1, 1, ...spatial(operation.outputShape)])]);
  const alone = graph.add('Reshape', [share, graph.ints([-1, 1, ...spatial(operation.outputShape)])]);
  const ones = graph.floats(new Array(elements(operation.kernel)).fill(1), [1, 1, ...operation.kernel]);
  const spreadOut = graph.add('ConvTranspose', [alone, ones], {
    kernel_shape: operation.kernel,
    strides: operation.strides,
    pads: operation.pads,
    output_padding: moving.map((window) => window.leftover),
  });
  return graph.add('Reshape', [spreadOut, graph.ints([-1, channelCount, ...spatial(operation.inputShapes[0])])]);
}

/** One over the number of elements under each window, in row order. */
function shares(moving: readonly Window[]): number[] {
  const counts = moving.map(elementsUnderWindow);
  return counts.reduce((all, axis) => all.flatMap((count) => axis.map((next) => count * next)), [1]).map((n) => 1 / n);
}

function elementsUnderWindow({ output, stride, padBegin, kernel, input }: Window): number[] {
  return Array.from({ length: output }, (_, index) => {
    const first = index * stride - padBegin;
    return Math.min(first + kernel, input) - Math.max(first, 0);
  });
}
