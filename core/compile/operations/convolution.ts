import type { NodeOptions } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { liesInBlocks } from '../blocks';
import {
  type Emission,
  type OperationCompiler,
  optionalParameterOf,
  parameterOf,
  type TrainingEmission,
} from '../emission';
import { channels } from '../layout';
import { sumPerChannel } from '../reductions';
import { convolveInBlocks, suitsBlocks } from './blockedConvolution';
import { convolveByProducts, suitsProducts } from './convolutionByProducts';
import { convolutionInputGradient } from './convolutionInputGradient';
import { convolutionWeightGradient } from './convolutionWeightGradient';

export const convolution: OperationCompiler<Convolution> = {
  infer(emission, operation, [input]) {
    const values = [input, ...weights(emission, operation)];
    return convolve(emission, operation, values, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const [weight, ...bias] = weights(emission, operation);
    const output = convolve(emission, operation, [input, weight, ...bias]);
    return {
      output,
      backward(gradient, [wanted]) {
        emission.addGradient(
          parameterOf(operation, 'weight'),
          convolutionWeightGradient(emission, operation, input, gradient),
        );
        const biasParameter = optionalParameterOf(operation, 'bias');
        if (biasParameter) emission.addGradient(biasParameter, sumPerChannel(graph, gradient, operation.outputShape));
        return [wanted ? convolutionInputGradient(emission, operation, weight, gradient) : undefined];
      },
    };
  },
};

/** `values` are the input, the weight and, with a bias, the bias. */
export function convolve(
  { graph, blockSize }: Pick<Emission, 'graph' | 'blockSize'>,
  operation: Convolution,
  values: readonly string[],
  options?: NodeOptions,
): string {
  const { kernel, strides, dilations, pads, groups } = operation;
  if (suitsProducts(operation, blockSize)) return convolveByProducts(graph, operation, values);
  const inputChannels = channels(operation.inputShapes[0]);
  const blocked = { ...operation, inputChannels, outputChannels: channels(operation.outputShape) };
  if (suitsBlocks(blocked, blockSize, liesInBlocks(graph, values[0])))
    return convolveInBlocks(graph, blocked, values, blockSize);
  return graph.add('Conv', values, { kernel_shape: kernel, strides, dilations, pads, group: groups }, options);
}

function weights(emission: Emission | TrainingEmission, operation: Convolution): string[] {
  const bias = optionalParameterOf(operation, 'bias');
  const weight = emission.parameter(parameterOf(operation, 'weight'));
  return bias ? [weight, emission.parameter(bias)] : [weight];
}
