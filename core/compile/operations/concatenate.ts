import type { Concatenate } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { graphAxis } from '../layout';

export const concatenate: OperationCompiler<Concatenate> = {
  infer(emission, operation, inputs) {
    return emission.graph.add('Concat', inputs, { axis: axisOf(operation) }, emission.named(operation));
  },

  train(emission, operation, inputs) {
    const { graph } = emission;
    const axis = axisOf(operation);
    return {
      output: graph.add('Concat', inputs, { axis }),
      backward(gradient) {
        const sizes = operation.inputShapes.map((shape) => shape.at(operation.axis) ?? 0);
        const parts = inputs.map(() => graph.fresh('part'));
        return graph.addMany('Split', [gradient, graph.ints(sizes)], parts, { axis });
      },
    };
  },
};

function axisOf(operation: Concatenate): number {
  return graphAxis(operation.outputShape, operation.axis);
}
