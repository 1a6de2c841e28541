import type { Flatten } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { graphDims } from '../layout';

/** Channel, row, column order. What is flat already is left alone. */
export const flatten: OperationCompiler<Flatten> = {
  infer(emission, operation, [input]) {
    if (operation.inputShapes[0].length === 1) return input;
    return emission.graph.add('Flatten', [input], { axis: 1 }, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const [shape] = operation.inputShapes;
    if (shape.length === 1) return { output: input, backward: (gradient) => [gradient] };
    return {
      output: graph.add('Flatten', [input], { axis: 1 }),
      backward: (gradient) => [graph.add('Reshape', [gradient, graph.ints([-1, ...graphDims(shape)])])],
    };
  },
};
