import type { Network, Operation, OperationKind } from '../shape/network';

/** Operations that the intended graph has and the training graph does not yet: nobody wrote their gradient. */
const untrainable: ReadonlySet<OperationKind> = new Set<OperationKind>(['lstm', 'gru']);

/**
 * What keeps a network from being trained here; empty where nothing does. `compileTraining` must not be asked for a network
 * with any of these.
 */
export function untrainableOperations(network: Network): readonly Operation[] {
  return network.operations.filter(({ kind }) => untrainable.has(kind));
}

/** For the training side of a compiler that has none. */
export function withoutGradient({ id, kind }: Operation): never {
  throw new Error(`The operation ${id} is of the kind ${kind}, which has no gradient.`);
}
