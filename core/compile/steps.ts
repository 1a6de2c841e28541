import type { Network, Operation } from '../shape/network';
import type { Trained, TrainingEmission } from './emission';
import { fusions } from './fusions';
import { compilerOf } from './operations';

/** One or more neighbouring operations that are trained as one. */
export interface Step {
  /** Ids of the values that go in. */
  readonly inputs: readonly string[];
  /** Id of the value that comes out. */
  readonly output: string;
  train(emission: TrainingEmission, inputs: readonly string[]): Trained;
}

/** The operations that `wanted` depends on, in their order, joined where a fusion applies. */
export function planSteps(network: Network, wanted: string, fuse: boolean): Step[] {
  const operations = neededFor(network.operations, wanted);
  const chains = new Chains(operations, wanted);
  const steps: Step[] = [];
  const taken = new Set<Operation>();
  for (const operation of operations) {
    if (taken.has(operation)) continue;
    const step = (fuse && fusedStep(chains, operation, taken)) || plainStep(operation);
    steps.push(step);
  }
  return steps;
}

function neededFor(operations: readonly Operation[], wanted: string): Operation[] {
  const needed = new Set([wanted]);
  for (const { id, inputs } of [...operations].reverse()) {
    if (needed.has(id)) for (const input of inputs) needed.add(input);
  }
  return operations.filter(({ id }) => needed.has(id));
}

function plainStep(operation: Operation): Step {
  return {
    inputs: operation.inputs,
    output: operation.id,
    train: (emission, inputs) => compilerOf(operation).train(emission, operation, inputs),
  };
}

function fusedStep(chains: Chains, first: Operation, taken: Set<Operation>): Step | undefined {
  const chain = chains.from(first);
  for (const fusion of fusions) {
    const fused = fusion(chain, chains);
    if (!fused) continue;
    for (const operation of fused.operations) taken.add(operation);
    const last = fused.operations[fused.operations.length - 1];
    return { inputs: first.inputs, output: last.id, train: fused.train };
  }
  return undefined;
}

/** Which operations follow each other with nobody else looking at what is between them. */
export class Chains {
  private readonly users = new Map<string, Operation[]>();
  private readonly trainable = new Set<string>();

  constructor(
    operations: readonly Operation[],
    private readonly wanted: string,
  ) {
    for (const operation of operations) {
      for (const input of operation.inputs) this.users.set(input, [...(this.users.get(input) ?? []), operation]);
      const hasTrainable = operation.parameters.some((parameter) => parameter.trainable);
      if (hasTrainable || operation.inputs.some((input) => this.trainable.has(input))) this.trainable.add(operation.id);
    }
  }

  /** The operation and those that follow it one by one. */
  from(first: Operation): Operation[] {
    const chain = [first];
    for (let last = first; ; ) {
      const users = this.users.get(last.id) ?? [];
      if (users.length !== 1 || users[0].inputs.length !== 1 || last.id === this.wanted) return chain;
      last = users[0];
      chain.push(last);
    }
  }

  /** Whether there is anything to train in front of, or in, an id. */
  needsGradient(id: string): boolean {
    return this.trainable.has(id);
  }
}
