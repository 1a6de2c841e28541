import type { Dropout } from '../../shape/network';
import type { OperationCompiler } from '../emission';

/** Training multiplies by a fed mask times `1 / (1 - rate)`; elsewhere there is nothing to see of it. */
export const dropout: OperationCompiler<Dropout> = {
  infer: (_emission, _operation, [input]) => input,

  train(emission, operation, [input]) {
    const { graph } = emission;
    const scale = graph.scalar(1 / (1 - operation.rate));
    const mask = graph.add('DequantizeLinear', [emission.dropoutMask(operation), scale]);
    return {
      output: graph.add('Mul', [input, mask]),
      backward: (gradient, [wanted]) => [wanted ? graph.add('Mul', [gradient, mask]) : undefined],
    };
  },
};
