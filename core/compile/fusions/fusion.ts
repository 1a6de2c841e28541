import type { Operation } from '../../shape/network';
import type { Trained, TrainingEmission } from '../emission';

/**
 * Takes the first operations of a chain together when it can train them faster than one by one, with the same outputs and
 * gradients. Only the first may have more than one input.
 */
export type Fusion = (chain: readonly Operation[], network: FusionContext) => FusedOperations | undefined;

export interface FusionContext {
  /** Whether the gradient of this value is of use. */
  needsGradient(id: string): boolean;
}

export interface FusedOperations {
  /** In their order; at least one. */
  readonly operations: readonly Operation[];
  train(emission: TrainingEmission, inputs: readonly string[]): Trained;
}
