import type { Dense } from '../../shape/network';
import { type OperationCompiler, optionalParameterOf, parameterOf } from '../emission';
import { reduce } from '../reductions';

/** A Gemm on `[batch, features]`. */
export const dense: OperationCompiler<Dense> = {
  infer(emission, operation, [input]) {
    const roles = ['weight', 'bias'] as const;
    const parameters = roles.flatMap((role) => optionalParameterOf(operation, role) ?? []);
    const values = parameters.map((parameter) => emission.parameter(parameter));
    return emission.graph.add('Gemm', [input, ...values], { transB: 1 }, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const weightParameter = parameterOf(operation, 'weight');
    const biasParameter = optionalParameterOf(operation, 'bias');
    const weight = emission.parameter(weightParameter);
    const bias = biasParameter ? [emission.parameter(biasParameter)] : [];
    return {
      output: graph.add('Gemm', [input, weight, ...bias], { transB: 1 }),
      backward(gradient, [wanted]) {
        emission.addGradient(weightParameter, graph.add('Gemm', [gradient, input], { transA: 1 }));
        if (biasParameter) emission.addGradient(biasParameter, reduce(graph, 'ReduceSum', gradient, [0]));
        return [wanted ? graph.add('Gemm', [gradient, weight]) : undefined];
      },
    };
  },
};
