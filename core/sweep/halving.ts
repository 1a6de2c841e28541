import type { SweepDefinition } from './definition';

export interface Rung {
  readonly configurations: number;
  readonly epochs: number;
}

/** A third of the configurations goes on with three times the epochs. */
const reduction = 3;

/**
 * The rungs of successive halving: K. Jamieson, A. Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization", AISTATS 2016. All configurations are trained for few epochs; from rung to rung the best third goes on with
 * three times as many; the last rung's are trained for all epochs of the scheme.
 */
export function rungsOf({ trials, epochs }: Pick<SweepDefinition, 'trials' | 'epochs'>): Rung[] {
  const steps = Math.min(wholeLogarithm(trials), wholeLogarithm(epochs));
  return Array.from({ length: steps + 1 }, (_, rung) => ({
    configurations: Math.floor(trials / reduction ** rung),
    epochs: Math.max(1, Math.round(epochs / reduction ** (steps - rung))),
  }));
}

/** How often it can be divided by `reduction` before it is below 1. */
function wholeLogarithm(value: number): number {
  let steps = 0;
  for (let rest = value / reduction; rest >= 1; rest /= reduction) steps++;
  return steps;
}
