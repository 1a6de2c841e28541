import type { Permute } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { graphAxis } from '../layout';

export const permute: OperationCompiler<Permute> = {
  infer({ graph, named }, operation, [input]) {
    return graph.add('Transpose', [input], { perm: permutation(operation) }, named(operation));
  },

  train({ graph }, operation, [input]) {
    const perm = permutation(operation);
    const inverse = perm.map((_, axis) => perm.indexOf(axis));
    return {
      output: graph.add('Transpose', [input], { perm }),
      backward: (gradient) => [graph.add('Transpose', [gradient], { perm: inverse })],
    };
  },
};

/** The order of the scheme's axes as one of the graph's. */
function permutation({ order, inputShapes: [shape], outputShape }: Permute): number[] {
  const perm = [0];
  order.forEach((from, axis) => {
    perm[graphAxis(outputShape, axis)] = graphAxis(shape, from);
  });
  return perm;
}
