import type { Initializer, Parameter } from './network';

/** The values that an operation learns or keeps; an operation's id begins their names. */

/** Weights are Glorot uniform until the whole network is known: `initializers.ts`. */
export function weightAndBias(
  id: string,
  weight: readonly number[],
  fanIn: number,
  fanOut: number,
  useBias: boolean,
  outputs = weight[0]!,
): Parameter[] {
  const weights = parameter(id, 'weight', weight, { kind: 'glorot_uniform', fanIn, fanOut });
  return useBias ? [weights, parameter(id, 'bias', [outputs], constant(0))] : [weights];
}

export function batchNormalizationParameters(id: string, channels: number): Parameter[] {
  return [
    parameter(id, 'scale', [channels], constant(1)),
    parameter(id, 'shift', [channels], constant(0)),
    parameter(id, 'running_mean', [channels], constant(0)),
    parameter(id, 'running_variance', [channels], constant(1)),
  ];
}

/** For normalizations that keep no statistics. */
export function scaleAndShiftParameters(id: string, channels: number): Parameter[] {
  return [parameter(id, 'scale', [channels], constant(1)), parameter(id, 'shift', [channels], constant(0))];
}

/** Normal with deviation 1, PyTorch's choice. */
export function embeddingParameters(id: string, vocabulary: number, dimension: number): Parameter[] {
  return [parameter(id, 'weight', [vocabulary, dimension], { kind: 'normal', fanIn: 1, gain: 1 })];
}

/** In ONNX's layout; see `Recurrent`. */
export function recurrentParameters(
  id: string,
  directions: number,
  gates: number,
  units: number,
  features: number,
): Parameter[] {
  const uniform: Initializer = { kind: 'uniform', limit: 1 / Math.sqrt(units) };
  return [
    parameter(id, 'weight', [directions, gates * units, features], uniform),
    parameter(id, 'recurrent_weight', [directions, gates * units, units], uniform),
    parameter(id, 'bias', [directions, 2 * gates * units], uniform),
  ];
}

/** See `Attention`; initialized as in PyTorch: Glorot uniform over the stacked projections, biases 0. */
export function attentionParameters(id: string, channels: number, width: number): Parameter[] {
  const projection: Initializer = { kind: 'glorot_uniform', fanIn: channels, fanOut: 3 * width };
  const output: Initializer = { kind: 'glorot_uniform', fanIn: width, fanOut: channels };
  return [
    parameter(id, 'weight', [3 * width, channels], projection),
    parameter(id, 'bias', [3 * width], constant(0)),
    parameter(id, 'output_weight', [channels, width], output),
    parameter(id, 'output_bias', [channels], constant(0)),
  ];
}

function parameter(id: string, role: Parameter['role'], shape: readonly number[], initializer: Initializer): Parameter {
  const trainable = role !== 'running_mean' && role !== 'running_variance';
  return { name: `${id}.${role}`, role, shape, trainable, initializer };
}

function constant(value: number): Initializer {
  return { kind: 'constant', value };
}
