import type { GraphBuilder, NodeOptions } from '../../onnx/builder';
import type { Upsampling } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { channels, spatial } from '../layout';
import { reduce } from '../reductions';

export const upsampling: OperationCompiler<Upsampling> = {
  infer: ({ graph, named }, operation, [input]) => resize(graph, operation, input, named(operation)),

  train({ graph }, operation, [input]) {
    return {
      output: resize(graph, operation, input),
      backward: (gradient, [wanted]) => [wanted ? sumOfCopies(graph, operation, gradient) : undefined],
    };
  },
};

function resize(graph: GraphBuilder, { size }: Upsampling, input: string, named?: NodeOptions): string {
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  return graph.add('Resize', [input, '', graph.floats([1, 1, ...size])], attributes, named);
}

/** Each value's gradient is the sum of those of its copies. */
function sumOfCopies(graph: GraphBuilder, { size, inputShapes: [shape] }: Upsampling, gradient: string): string {
  const sizes = spatial(shape);
  const copies = sizes.flatMap((length, axis) => [length, size[axis]]);
  const apart = graph.add('Reshape', [gradient, graph.ints([0, channels(shape), ...copies])]);
  const axes = sizes.map((_, axis) => 3 + 2 * axis);
  return reduce(graph, 'ReduceSum', apart, axes);
}
