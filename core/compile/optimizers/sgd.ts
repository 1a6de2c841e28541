import type { OptimizerDefinition } from './optimizerDefinition';

/** Gradient descent; with a momentum, `velocity = momentum * velocity + gradient` moves the parameter. */
export const sgd: OptimizerDefinition = {
  slots: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
  update({ parameter, gradient, slots: [velocity] }, { optimizer: { momentum, weightDecay }, learningRate }) {
    for (let i = 0; i < parameter.length; i++) {
      let direction = gradient[i] + weightDecay * parameter[i];
      if (velocity) velocity[i] = direction += momentum * velocity[i];
      parameter[i] -= learningRate * direction;
    }
  },
};
