import { runMoments } from './momentsProgram';
import type { OptimizerDefinition, StepSettings, UpdateValues } from './optimizerDefinition';

const slots = ['first_moment', 'second_moment'];

/** Kingma and Ba 2015. */
export const adam: OptimizerDefinition = {
  slots: () => slots,
  update: (values, settings) => moveByMoments(values, settings, 1, settings.optimizer.weightDecay),
};

/** Loshchilov and Hutter 2019: the decay acts on the parameter itself. */
export const adamw: OptimizerDefinition = {
  slots: () => slots,
  update: (values, settings) =>
    moveByMoments(values, settings, 1 - settings.learningRate * settings.optimizer.weightDecay, 0),
};

/** `kept` is the share of the parameter that stays, `decay` the weight of the parameter in its gradient. */
function moveByMoments(
  { parameter, gradient, slots: [first, second] }: UpdateValues,
  { optimizer: { beta1, beta2, epsilon }, step, learningRate }: StepSettings,
  kept: number,
  decay: number,
): void {
  const stepSize = learningRate / (1 - beta1 ** step);
  const deviationFactor = 1 / Math.sqrt(1 - beta2 ** step);
  const shares = [beta1, 1 - beta1, beta2, 1 - beta2];
  runMoments({ parameter, gradient, first, second }, [...shares, stepSize, deviationFactor, epsilon, kept, decay]);
}
