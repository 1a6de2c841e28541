import type { Range } from './range';

export const strategies = ['grid', 'random', 'halving', 'tpe'] as const;
export type Strategy = (typeof strategies)[number];

/** What a sweep is to do; kept in its record, so that it can be gone on with. */
export interface SweepDefinition {
  readonly strategy: Strategy;
  /** Configurations to be tried; each is trained once for every seed. A grid has no more than these. */
  readonly trials: number;
  /** By the key of the scheme: `model.learning_rate`. */
  readonly ranges: Readonly<Record<string, Range>>;
  /** Keys that have the same value in all trials. */
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly objective: Objective;
  /** Trainings at a time. */
  readonly concurrency: number;
  readonly target: string;
  /** Values of `model.seed`; an empty list leaves the scheme's own. */
  readonly seeds: readonly number[];
  /** Decides what is drawn. */
  readonly seed: number;
  /** Epochs of a whole training: the scheme's `model.iteration`. Successive halving begins with fewer. */
  readonly epochs: number;
}

export interface Objective {
  /** A TensorBoard tag of the runs; a run's best value counts. */
  readonly tag: string;
  readonly direction: 'minimize' | 'maximize';
}

export const defaultTrials = 20;
export const defaultTag = 'loss/validation';

/** Losses and errors are to become small; of these it is known that they are to become large. */
export function directionOf(tag: string): Objective['direction'] {
  return /(^|[/_])(accuracy|acc|auc|f1|precision|recall|r2|dice|iou|map)([/_]|$)/i.test(tag) ? 'maximize' : 'minimize';
}
