import type { GraphBuilder, NodeOptions } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import {
  type Emission,
  type OperationCompiler,
  optionalParameterOf,
  parameterOf,
  type TrainingEmission,
} from '../emission';
import { sumPerChannel } from '../reductions';
import { convolutionInputGradient } from './convolutionInputGradient';
import { convolutionWeightGradient } from './convolutionWeightGradient';

export const convolution: OperationCompiler<Convolution> = {
  infer(emission, operation, [input]) {
    const values = [input, ...weights(emission, operation)];
    return convolve(emission.graph, operation, values, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const [weight, ...bias] = weights(emission, operation);
    const output = convolve(graph, operation, [input, weight, ...bias]);
    return {
      output,
      backward(gradient, [wanted]) {
        emission.addGradient(
          parameterOf(operation, 'weight'),
          convolutionWeightGradient(graph, operation, input, gradient),
        );
        const biasParameter = optionalParameterOf(operation, 'bias');
        if (biasParameter) emission.addGradient(biasParameter, sumPerChannel(graph, gradient, operation.outputShape));
        return [wanted ? convolutionInputGradient(graph, operation, weight, gradient) : undefined];
      },
    };
  },
};

/** A Conv node; `values` are the input, the weight and, with a bias, the bias. */
export function convolve(
  graph: GraphBuilder,
  operation: Convolution,
  values: readonly string[],
  options?: NodeOptions,
): string {
  const attributes = {
    kernel_shape: operation.kernel,
    strides: operation.strides,
    dilations: operation.dilations,
    pads: operation.pads,
    group: operation.groups,
  };
  return graph.add('Conv', values, attributes, options);
}

function weights(emission: Emission | TrainingEmission, operation: Convolution): string[] {
  const bias = optionalParameterOf(operation, 'bias');
  const weight = emission.parameter(parameterOf(operation, 'weight'));
  return bias ? [weight, emission.parameter(bias)] : [weight];
}
