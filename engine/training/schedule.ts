import type { ModelSection } from '../../core/scheme/types';

/**
 * The learning rate of an optimizer step, counted from 0. It rises linearly over the warm-up's epochs; after them a cosine
 * schedule falls to 0 at the end of the last epoch (Loshchilov and Hutter 2017, without restarts), a step schedule is
 * multiplied by `gamma` every `every` epochs.
 */
export function learningRate(model: ModelSection, step: number, stepsPerEpoch: number): number {
  const { type, warmup, every, gamma } = model.learningRateSchedule;
  const warmupSteps = Math.round(warmup * stepsPerEpoch);
  if (step < warmupSteps) return (model.learningRate * (step + 1)) / warmupSteps;
  if (type === 'constant') return model.learningRate;
  if (type === 'step') return model.learningRate * gamma ** Math.floor(step / stepsPerEpoch / every);
  const share = (step - warmupSteps) / Math.max(1, model.iteration * stepsPerEpoch - warmupSteps);
  return (model.learningRate * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
}
