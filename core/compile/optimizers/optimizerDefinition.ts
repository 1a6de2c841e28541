import type { GraphBuilder } from '../../onnx/builder';
import type { Optimizer } from '../../scheme/types';

/** An update rule with PyTorch's meaning (torch.optim) and its order of rounding. */
export interface OptimizerDefinition {
  /** Names of the values kept for each parameter, all starting as zeros. */
  slots(optimizer: Optimizer): readonly string[];
  /** The scalars fed at each step. `step` counts from 1. */
  scalars(optimizer: Optimizer, step: number, learningRate: number): Readonly<Record<string, number>>;
  /** Emits the next values of the slots and of the parameter, under the given names. */
  update(graph: GraphBuilder, optimizer: Optimizer, values: UpdateValues): void;
}

export interface UpdateValues {
  readonly parameter: string;
  readonly gradient: string;
  /** The slots' present values, in the order of `slots`. */
  readonly slots: readonly string[];
  readonly next: { readonly parameter: string; readonly slots: readonly string[] };
  /** The value fed for an entry of `scalars`. */
  scalar(name: string): string;
}

/** PyTorch's `weight_decay` of every optimizer but AdamW: the gradient of an L2 penalty. */
export function decayed(
  graph: GraphBuilder,
  { weightDecay }: Optimizer,
  { parameter, gradient }: UpdateValues,
): string {
  if (weightDecay === 0) return gradient;
  return graph.add('Add', [gradient, graph.add('Mul', [parameter, graph.scalar(weightDecay)])]);
}

/** `kept * value + (1 - kept) * added` as a named output. */
export function blend(graph: GraphBuilder, kept: number, value: string, added: string, name: string): string {
  const old = graph.add('Mul', [value, graph.scalar(kept)]);
  const fresh = graph.add('Mul', [added, graph.scalar(1 - kept)]);
  return graph.add('Add', [old, fresh], {}, { outputs: [name] });
}
