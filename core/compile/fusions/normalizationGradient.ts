import type { BatchNormalization, Shape } from '../../shape/network';
import { parameterOf, type TrainingEmission } from '../emission';
import { reciprocalDeviation } from '../operations/batchStatistics';
import { scaleAndShift, sumOfProductsPerChannel, sumPerChannel } from '../reductions';
import type { GradientParts } from './normalizedConvolution';

/** Batch norm with statistics that are there already. */
export interface Affine {
  readonly output: string;
  /**
   * Emits the gradients of scale and shift, and returns what the input's gradient is made of. `ofScale` brings the gradient
   * for the scale that was given back to the parameter.
   */
  backward(gradient: string, ofScale?: (gradient: string) => string): GradientParts;
}

/**
 * `scale * (input - mean) / deviation + shift`. The statistics may be those of more values than the input has (of all that the
 * input is pooled from); `shape` is the input's.
 */
export function emitAffine(
  emission: TrainingEmission,
  norm: BatchNormalization,
  input: string,
  values: { mean: string; variance: string; count: string; scale: string; shape: Shape },
): Affine {
  const { graph } = emission;
  const { mean, variance, count, scale, shape } = values;
  const shiftParameter = parameterOf(norm, 'shift');
  const shift = emission.parameter(shiftParameter);
  const reciprocal = reciprocalDeviation(graph, variance, norm.epsilon);
  const slope = graph.add('Mul', [scale, reciprocal]);
  const offset = graph.add('Sub', [shift, graph.add('Mul', [mean, slope])]);
  return {
    output: scaleAndShift(graph, input, slope, offset, shape),
    backward(gradient, ofScale = (value) => value) {
      const shiftGradient = sumPerChannel(graph, gradient, shape);
      const moment = sumOfProductsPerChannel(graph, gradient, input, shape);
      const centred = graph.add('Sub', [moment, graph.add('Mul', [mean, shiftGradient])]);
      const scaleGradient = graph.add('Mul', [reciprocal, centred]);
      emission.addGradient(shiftParameter, shiftGradient);
      emission.addGradient(parameterOf(norm, 'scale'), ofScale(scaleGradient));
      const shareOfSample = graph.add('Neg', [graph.add('Reciprocal', [count])]);
      return {
        gradient,
        slope,
        factor: graph.add('Mul', [shareOfSample, graph.add('Mul', [reciprocal, scaleGradient])]),
        term: graph.add('Mul', [shareOfSample, shiftGradient]),
      };
    },
  };
}
