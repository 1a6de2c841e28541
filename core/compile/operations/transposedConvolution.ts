import type { NodeOptions } from '../../onnx/builder';
import type { Convolution, TransposedConvolution } from '../../shape/network';
import {
  type Emission,
  type OperationCompiler,
  optionalParameterOf,
  parameterOf,
  type TrainingEmission,
} from '../emission';
import { sumPerChannel } from '../reductions';
import { convolutionWeightGradient } from './convolutionWeightGradient';

/** The gradient of a convolution's input as an operation: its own gradients are that convolution's forward and weight parts. */
export const transposedConvolution: OperationCompiler<TransposedConvolution> = {
  infer: (emission, operation, [input]) => convolve(emission, operation, input, emission.named(operation)),

  train(emission, operation, [input]) {
    const { graph } = emission;
    const weightParameter = parameterOf(operation, 'weight');
    const weight = emission.parameter(weightParameter);
    const forward = asConvolution(operation);
    return {
      output: convolve(emission, operation, input),
      backward(gradient, [wanted]) {
        emission.addGradient(weightParameter, convolutionWeightGradient(emission, forward, gradient, input));
        const bias = optionalParameterOf(operation, 'bias');
        if (bias) emission.addGradient(bias, sumPerChannel(graph, gradient, operation.outputShape));
        return [wanted ? graph.add('Conv', [gradient, weight], windowOf(operation)) : undefined];
      },
    };
  },
};

function convolve(
  emission: Emission | TrainingEmission,
  operation: TransposedConvolution,
  input: string,
  named?: NodeOptions,
): string {
  const bias = optionalParameterOf(operation, 'bias');
  const values = [input, emission.parameter(parameterOf(operation, 'weight'))];
  if (bias) values.push(emission.parameter(bias));
  const attributes = { ...windowOf(operation), output_padding: operation.outputPadding };
  return emission.graph.add('ConvTranspose', values, attributes, named);
}

function windowOf({ kernel, strides, dilations, pads, groups }: TransposedConvolution) {
  return { kernel_shape: kernel, strides, dilations, pads, group: groups };
}

/** The convolution that makes the operation's input of its output. */
function asConvolution({ outputPadding: _, ...operation }: TransposedConvolution): Convolution {
  const [input] = operation.inputShapes;
  return { ...operation, kind: 'convolution', inputShapes: [operation.outputShape], outputShape: input };
}
