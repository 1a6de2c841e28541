import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { combinations, windows } from './window';

/** For each place of the kernel, in row order: the padded input that it meets, `[batch, in, ...output]`. */
export function inputUnderKernel(graph: GraphBuilder, operation: Convolution, input: string): string[] {
  const moving = windows(operation);
  const begins = moving.map(({ padBegin }) => padBegin);
  const ends = moving.map(({ padEnd }) => padEnd);
  const isPadded = [...begins, ...ends].some((pad) => pad > 0);
  const padded = isPadded ? graph.add('Pad', [input, graph.ints([0, 0, ...begins, 0, 0, ...ends])]) : input;
  const axes = graph.ints(moving.map((_, axis) => axis + 2));
  const steps = graph.ints(operation.strides);
  return combinations(operation.kernel).map((place) => {
    const starts = moving.map(({ dilation }, axis) => place[axis] * dilation);
    const stops = moving.map(({ output, stride }, axis) => starts[axis] + (output - 1) * stride + 1);
    return graph.add('Slice', [padded, graph.ints(starts), graph.ints(stops), axes, steps]);
  });
}
