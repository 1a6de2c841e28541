import { float } from '../../onnx/builder';
import type { BatchNormalization } from '../../shape/network';
import { type OperationCompiler, parameterOf } from '../emission';
import { channels } from '../layout';
import {
  countPerChannel,
  scaleAndShift,
  scalePerChannel,
  sumOfProductsPerChannel,
  sumOfSquaresPerChannel,
  sumPerChannel,
} from '../reductions';
import { reciprocalDeviation, updateRunningStatistics } from './batchStatistics';

/**
 * Training uses the batch's own mean and (biased) variance; the input is centred before anything is squared, so a mean far
 * from zero costs no digits. Gradient: Ioffe and Szegedy 2015, folded to `A * centred + B + scale / deviation * dy`.
 */
export const batchNormalization: OperationCompiler<BatchNormalization> = {
  infer(emission, operation, [input]) {
    const roles = ['scale', 'shift', 'running_mean', 'running_variance'] as const;
    const values = roles.map((role) => emission.parameter(parameterOf(operation, role)));
    const { epsilon, momentum } = operation;
    const attributes = { epsilon: float(epsilon), momentum: float(momentum) };
    return emission.graph.add('BatchNormalization', [input, ...values], attributes, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const shape = operation.outputShape;
    const [scaleParameter, shiftParameter] = (['scale', 'shift'] as const).map((role) => parameterOf(operation, role));
    const [scale, shift] = [emission.parameter(scaleParameter), emission.parameter(shiftParameter)];
    const count = countPerChannel(graph, emission.batchSize, shape);
    const mean = graph.add('Div', [sumPerChannel(graph, input, shape), count]);
    const ones = graph.floats(new Array(channels(shape)).fill(1));
    const centred = scaleAndShift(graph, input, ones, graph.add('Neg', [mean]), shape);
    const variance = graph.add('Div', [sumOfSquaresPerChannel(graph, centred, shape), count]);
    updateRunningStatistics(emission, operation, { mean, variance, count });
    const reciprocal = reciprocalDeviation(graph, variance, operation.epsilon);
    const slope = graph.add('Mul', [scale, reciprocal]);
    return {
      output: scaleAndShift(graph, centred, slope, shift, shape),
      backward(gradient, [wanted]) {
        const shiftGradient = sumPerChannel(graph, gradient, shape);
        const moment = sumOfProductsPerChannel(graph, gradient, centred, shape);
        const scaleGradient = graph.add('Mul', [reciprocal, moment]);
        emission.addGradient(shiftParameter, shiftGradient);
        emission.addGradient(scaleParameter, scaleGradient);
        if (!wanted) return [undefined];
        const slopePerSample = graph.add('Neg', [graph.add('Div', [slope, count])]);
        const factor = graph.add('Mul', [slopePerSample, graph.add('Mul', [reciprocal, scaleGradient])]);
        const term = graph.add('Mul', [slopePerSample, shiftGradient]);
        return [scaleAndShift(graph, centred, factor, term, shape, scalePerChannel(graph, gradient, slope, shape))];
      },
    };
  },
};
