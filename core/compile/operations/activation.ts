import type { Activation } from '../../shape/network';
import { activations } from '../activations';
import type { OperationCompiler } from '../emission';

export const activation: OperationCompiler<Activation> = {
  infer(emission, operation, [input]) {
    const { graph } = emission;
    return activations[operation.activation].apply(graph, input, operation.alpha, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const { alpha } = operation;
    const definition = activations[operation.activation];
    const output = definition.apply(graph, input, alpha);
    return {
      output,
      backward: (gradient, [wanted]) => [
        wanted ? definition.gradient(graph, { input, output, alpha, gradient }) : undefined,
      ],
    };
  },
};
