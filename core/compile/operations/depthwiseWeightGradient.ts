import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { channels, elements, spatial } from '../layout';
import { reduce } from '../reductions';
import { inputUnderKernel } from './inputUnderKernel';

/** Whether each input channel is convolved for itself; then a product for each place in the kernel is quicker than one convolution. */
export function isDepthwise({ groups, inputShapes }: Convolution): boolean {
  return groups > 1 && groups === channels(inputShapes[0]);
}

/** The gradient `[out, 1, ...kernel]`: at each place, the sum of the output's gradient times the input that lay under it. */
export function depthwiseWeightGradient(
  graph: GraphBuilder,
  operation: Convolution,
  input: string,
  gradient: string,
): string {
  const { kernel, groups, outputShape } = operation;
  const outputChannels = channels(outputShape);
  const positions = elements(spatial(outputShape));
  const perGroup = (value: string, size: number) =>
    graph.add('Reshape', [value, graph.ints([-1, groups, size, positions])]);
  const grouped = perGroup(gradient, outputChannels / groups);
  const places = inputUnderKernel(graph, operation, input).map((seen) => {
    const products = graph.add('Mul', [grouped, perGroup(seen, 1)]);
    const sums = reduce(graph, 'ReduceSum', reduce(graph, 'ReduceSum', products, [3]), [0]);
    return graph.add('Reshape', [sums, graph.ints([outputChannels, 1])]);
  });
  const rows = places.length > 1 ? graph.add('Concat', places, { axis: 1 }) : places[0];
  return graph.add('Reshape', [rows, graph.ints([outputChannels, 1, ...kernel])]);
}
