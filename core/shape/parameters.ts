import type { Initializer, Parameter } from './network';

/** The values that an operation learns or keeps; an operation's id begins their names. */

/** Weights are Glorot uniform until the whole network is known: `initializers.ts`. */
export function weightAndBias(
  id: string,
  weight: readonly number[],
  fanIn: number,
  fanOut: number,
  useBias: boolean,
): Parameter[] {
  const weights = parameter(id, 'weight', weight, { kind: 'glorot_uniform', fanIn, fanOut });
  return useBias ? [weights, parameter(id, 'bias', [weight[0]!], constant(0))] : [weights];
}

export function batchNormalizationParameters(id: string, channels: number): Parameter[] {
  return [
    parameter(id, 'scale', [channels], constant(1)),
    parameter(id, 'shift', [channels], constant(0)),
    parameter(id, 'running_mean', [channels], constant(0)),
    parameter(id, 'running_variance', [channels], constant(1)),
  ];
}

function parameter(id: string, role: Parameter['role'], shape: readonly number[], initializer: Initializer): Parameter {
  const trainable = role !== 'running_mean' && role !== 'running_variance';
  return { name: `${id}.${role}`, role, shape, trainable, initializer };
}

function constant(value: number): Initializer {
  return { kind: 'constant', value };
}
