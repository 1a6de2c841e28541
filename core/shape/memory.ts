import type { OptimizerType, Scheme } from '../scheme/types';
import type { Network, NetworkLayer } from './network';
import { elementCount } from './shapes';
import { valuesOf } from './tally';

/** An estimate of what a training step keeps in memory, in bytes; float32 throughout. */
export interface MemoryEstimate {
  readonly batchSize: number;
  readonly weights: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly activations: number;
  readonly total: number;
}

const bytesPerValue = 4;

/** Values that an optimizer keeps for each weight: Adam's two moments, the others' one. */
const optimizerStates: Readonly<Record<OptimizerType, number>> = {
  adam: 2,
  adamw: 2,
  sgd: 0,
  momentum: 1,
  rmsprop: 1,
  adagrad: 1,
};

/** Activations: the input and each operation's output are kept for the backward pass; a flatten only looks at its input. */
export function estimateMemory(network: Network, batchSize = network.scheme.data.batchSize): MemoryEstimate {
  const kept = network.values ?? valuesOf(network.operations);
  return estimate(network, network.scheme, elementCount(network.inputShape) + kept, batchSize);
}

/** The share of one layer, whose input is counted where it is made. */
export function estimateLayerMemory(layer: NetworkLayer, { scheme }: Network): MemoryEstimate {
  return estimate(layer, scheme, valuesOf(layer.operations), scheme.data.batchSize);
}

function estimate(
  { parameters, buffers }: Pick<NetworkLayer, 'parameters' | 'buffers'>,
  { model }: Scheme,
  kept: number,
  batchSize: number,
): MemoryEstimate {
  const { type, momentum } = model.optimizer;
  const states = optimizerStates[type] + (momentum > 0 && type !== 'momentum' ? 1 : 0);
  const weights = (parameters + buffers) * bytesPerValue;
  const gradients = parameters * bytesPerValue;
  const optimizer = parameters * states * bytesPerValue;
  const activations = kept * batchSize * bytesPerValue;
  return {
    batchSize,
    weights,
    gradients,
    optimizer,
    activations,
    total: weights + gradients + optimizer + activations,
  };
}

/** The largest batch that can be trained in so many bytes; 0 where not even one sample can. */
export function largestBatch(network: Network, bytes: number): number {
  const { total, activations } = estimateMemory(network, 1);
  return Math.max(0, Math.floor((bytes - (total - activations)) / activations));
}
