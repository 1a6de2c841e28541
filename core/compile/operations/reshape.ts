import type { Reshape } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { graphDims } from '../layout';

/** One Reshape in the graph's order, channels first. */
export const reshape: OperationCompiler<Reshape> = {
  infer({ graph, named }, operation, [input]) {
    const dims = graph.ints([0, ...graphDims(operation.outputShape)]);
    return graph.add('Reshape', [input, dims], {}, named(operation));
  },

  train({ graph }, { inputShapes: [shape], outputShape }, [input]) {
    return {
      output: graph.add('Reshape', [input, graph.ints([0, ...graphDims(outputShape)])]),
      backward: (gradient) => [graph.add('Reshape', [gradient, graph.ints([0, ...graphDims(shape)])])],
    };
  },
};
