import type { OptimizerDefinition } from './optimizerDefinition';

/** Duchi et al. 2011. */
export const adagrad: OptimizerDefinition = {
  slots: () => ['square_sum'],
  update({ parameter, gradient, slots: [squareSum] }, { optimizer: { epsilon, weightDecay }, learningRate }) {
    for (let i = 0; i < parameter.length; i++) {
      const slope = gradient[i] + weightDecay * parameter[i];
      const sum = squareSum[i] + slope * slope;
      squareSum[i] = sum;
      parameter[i] -= (learningRate * slope) / (Math.sqrt(sum) + epsilon);
    }
  },
};
