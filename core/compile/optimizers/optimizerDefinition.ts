import type { Optimizer } from '../../scheme/types';

/** An update rule with PyTorch's meaning (torch.optim). */
export interface OptimizerDefinition {
  /** Names of the values kept for each parameter, all starting as zeros. */
  slots(optimizer: Optimizer): readonly string[];
  /**
   * Takes a parameter and its slots over one step, in place. One loop does the whole rule for an element: as a chain of operations
   * in the graph, each would go through the memory for itself, which took as long as the rest of a step.
   */
  update(values: UpdateValues, settings: StepSettings): void;
}

export interface UpdateValues {
  readonly parameter: Float32Array;
  readonly gradient: Float32Array;
  /** In the order of `OptimizerDefinition.slots`. */
  readonly slots: readonly Float32Array[];
}

export interface StepSettings {
  readonly optimizer: Optimizer;
  /** Counts from 1. */
  readonly step: number;
  readonly learningRate: number;
}
