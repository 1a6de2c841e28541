import type { OptimizerDefinition } from './optimizerDefinition';

/** Tieleman and Hinton 2012, as torch.optim.RMSprop; its `alpha` is `beta2`. */
export const rmsprop: OptimizerDefinition = {
  slots: ({ momentum }) => (momentum === 0 ? ['square_average'] : ['square_average', 'velocity']),
  update({ parameter, gradient, slots: [squareAverage, velocity] }, { optimizer, learningRate }) {
    const { beta2, epsilon, momentum, weightDecay } = optimizer;
    for (let i = 0; i < parameter.length; i++) {
      const slope = gradient[i] + weightDecay * parameter[i];
      const square = beta2 * squareAverage[i] + (1 - beta2) * slope * slope;
      squareAverage[i] = square;
      let direction = slope / (Math.sqrt(square) + epsilon);
      if (velocity) velocity[i] = direction += momentum * velocity[i];
      parameter[i] -= learningRate * direction;
    }
  },
};
