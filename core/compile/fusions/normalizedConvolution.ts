import type { GraphBuilder } from '../../onnx/builder';
import type { BatchNormalization, Convolution, Shape } from '../../shape/network';
import { optionalParameterOf, parameterOf, type TrainingEmission } from '../emission';
import { channels, elements } from '../layout';
import { updateRunningStatistics } from '../operations/batchStatistics';
import { convolve } from '../operations/convolution';
import { convolutionInputGradient } from '../operations/convolutionInputGradient';
import { convolutionWeightGradient } from '../operations/convolutionWeightGradient';
import { countPerChannel, scaleAndShift, scalePerChannel, sumOfSquaresPerChannel, sumPerChannel } from '../reductions';
import { emitPatches } from './patches';

/**
 * A convolution whose output only a batch norm sees. The norm takes every constant away again, so the convolution's bias has
 * no gradient, and its place is used to subtract the running mean: the output is nearly centred, and its variance can be had
 * from the sum of its squares without losing digits and without a pass that centres it.
 */
export interface NormalizedConvolution {
  /** `sign * (convolution + bias - running mean)` */
  readonly output: string;
  /** Per channel, of the output. */
  readonly mean: string;
  readonly variance: string;
  readonly count: string;
  /**
   * Emits the gradient of the weight and returns that of the input if wanted, for the output's gradient
   * `slope * (gradient + factor * (output - mean) + term)` (per channel). The term is what makes that gradient's sum zero.
   */
  backward(parts: GradientParts, wanted: boolean): string | undefined;
}

export interface GradientParts {
  readonly gradient: string;
  readonly slope: string;
  readonly factor: string;
  readonly term: string;
}

/** `sign` is a vector of 1 and -1, or absent for all 1. With `patches` the input must not need a gradient. */
export function emitNormalizedConvolution(
  emission: TrainingEmission,
  operation: Convolution,
  norm: BatchNormalization,
  input: string,
  { sign, usePatches }: { sign?: string; usePatches: boolean },
): NormalizedConvolution {
  const { graph } = emission;
  const weightParameter = parameterOf(operation, 'weight');
  const biasParameter = optionalParameterOf(operation, 'bias');
  const runningMean = emission.parameter(parameterOf(norm, 'running_mean'));
  const centre = biasParameter ? graph.add('Sub', [runningMean, emission.parameter(biasParameter)]) : runningMean;
  const signed = (value: string) => (sign ? graph.add('Mul', [value, sign]) : value);
  const signOfWeight = sign && graph.add('Reshape', [sign, graph.ints([-1, 1, ...operation.kernel.map(() => 1)])]);
  const signedLikeWeight = (value: string) => (signOfWeight ? graph.add('Mul', [value, signOfWeight]) : value);

  const weight = signedLikeWeight(emission.parameter(weightParameter));
  const offset = graph.add('Neg', [signed(centre)]);
  const output = convolve(emission, operation, [input, weight, offset]);
  const count = countPerChannel(graph, emission.batchSize, operation.outputShape);
  const patches = usePatches ? emitPatches(graph, operation, input, count) : undefined;
  const { mean, variance } = patches
    ? patches.moments(weight, offset)
    : momentsBySquares(graph, output, count, operation.outputShape);
  const batchMean = graph.add('Add', [runningMean, signed(mean)]);
  updateRunningStatistics(emission, norm, { mean: batchMean, variance, count });

  return {
    output,
    mean,
    variance,
    count,
    backward(parts, wanted) {
      if (biasParameter) emission.addGradient(biasParameter, graph.floats(new Array(biasParameter.shape[0]).fill(0)));
      if (patches) {
        emission.addGradient(weightParameter, signedLikeWeight(patches.weightGradient(weight, parts)));
        return undefined;
      }
      const unscaled = wholeGradient(graph, operation, { output, mean }, parts);
      const { gradient, likeWeight } = scaled(graph, operation, unscaled, parts.slope);
      const weightGradient = convolutionWeightGradient(emission, operation, input, gradient);
      emission.addGradient(weightParameter, signedLikeWeight(likeWeight(weightGradient)));
      return wanted ? convolutionInputGradient(emission, operation, likeWeight(weight), gradient) : undefined;
    },
  };
}

function momentsBySquares(graph: GraphBuilder, value: string, count: string, shape: Shape) {
  const mean = graph.add('Div', [sumPerChannel(graph, value, shape), count]);
  const meanOfSquares = graph.add('Div', [sumOfSquaresPerChannel(graph, value, shape), count]);
  const variance = graph.add('Sub', [meanOfSquares, graph.add('Mul', [mean, mean])]);
  return { mean, variance: graph.add('Max', [variance, graph.scalar(0)]) };
}

/** `gradient + factor * (output - mean) + term`, in two passes over the output. */
function wholeGradient(
  graph: GraphBuilder,
  { outputShape }: Convolution,
  { output, mean }: { output: string; mean: string },
  { gradient, factor, term }: GradientParts,
): string {
  const constant = graph.add('Sub', [term, graph.add('Mul', [factor, mean])]);
  return scaleAndShift(graph, output, factor, constant, outputShape, gradient);
}

/** With the slope, per channel, where it takes least: on the gradient, or on everything in the weight's shape. */
function scaled(graph: GraphBuilder, operation: Convolution, gradient: string, slope: string) {
  const { outputShape, kernel, inputShapes, groups } = operation;
  const weightSize = (channels(outputShape) * channels(inputShapes[0]) * elements(kernel)) / groups;
  // As if the batch had eight samples: it is not known yet.
  if (weightSize > 8 * elements(outputShape)) {
    const whole = scalePerChannel(graph, gradient, slope, outputShape);
    return { gradient: whole, likeWeight: (value: string) => value };
  }
  const slopeOfWeight = graph.add('Reshape', [slope, graph.ints([-1, 1, ...kernel.map(() => 1)])]);
  return { gradient, likeWeight: (value: string) => graph.add('Mul', [value, slopeOfWeight]) };
}
