import type { Activation } from '../../shape/network';
import { activations } from '../activations';
import { elementByElement } from '../blocks';
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
    const compute = operation.activation === 'softmax' ? acrossChannels : elementByElement;
    const output = compute(graph, [input], operation.outputShape, ([value]) => definition.apply(graph, value, alpha));
    const inputGradient = (gradient: string) =>
      compute(graph, [input, output, gradient], operation.outputShape, ([input, output, gradient]) =>
        definition.gradient(graph, { input, output, alpha, gradient }),
      );
    return { output, backward: (gradient, [wanted]) => [wanted ? inputGradient(gradient) : undefined] };
  },
};

/** What looks at several channels of a position needs them in the graph's own layout. */
const acrossChannels: typeof elementByElement = (_graph, values, _shape, compute) => compute(values);
