import type { DensePerPosition } from '../../shape/network';
import { type OperationCompiler, optionalParameterOf, parameterOf } from '../emission';
import { channels } from '../layout';
import { sumPerChannel } from '../reductions';
import { densePositions, densePositionsInputGradient, densePositionsWeightGradient } from './perPosition';

export const densePerPosition: OperationCompiler<DensePerPosition> = {
  infer(emission, operation, [input]) {
    const bias = optionalParameterOf(operation, 'bias');
    const weight = emission.parameter(parameterOf(operation, 'weight'));
    const biasValue = bias && emission.parameter(bias);
    return densePositions(emission.graph, input, weight, biasValue, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const weightParameter = parameterOf(operation, 'weight');
    const biasParameter = optionalParameterOf(operation, 'bias');
    const weight = emission.parameter(weightParameter);
    const sizes = [channels(operation.inputShapes[0]), operation.units] as const;
    return {
      output: densePositions(graph, input, weight, biasParameter && emission.parameter(biasParameter)),
      backward(gradient, [wanted]) {
        emission.addGradient(weightParameter, densePositionsWeightGradient(graph, input, gradient, sizes));
        if (biasParameter) emission.addGradient(biasParameter, sumPerChannel(graph, gradient, operation.outputShape));
        return [wanted ? densePositionsInputGradient(graph, weight, gradient) : undefined];
      },
    };
  },
};
