import type { LayerBuilder } from './builder';
import type { ActivationFunction } from './network';
import { activation, batchNormalization, dropout } from './operations';
import { type PoolingSettings, pooling } from './sliding';

/** The tail of a set, canonical. */
export interface Tail {
  readonly batch_normalization: false | { readonly epsilon: number; readonly momentum: number };
  readonly activation: { readonly type: ActivationFunction; readonly alpha?: number };
  readonly maxpooling?: PoolingSettings;
  readonly average_pooling?: PoolingSettings;
  readonly dropout: number;
}

/** Always in this order: batch normalization, activation, pooling, dropout. */
export function appendTail(builder: LayerBuilder, tail: Tail): void {
  if (tail.batch_normalization) batchNormalization(builder, tail.batch_normalization);
  if (tail.activation.type !== 'linear') activation(builder, tail.activation);
  if (tail.maxpooling) pooling(builder, 'max_pooling', tail.maxpooling, ['maxpooling']);
  if (tail.average_pooling) pooling(builder, 'average_pooling', tail.average_pooling, ['average_pooling']);
  if (tail.dropout > 0) dropout(builder, tail.dropout);
}
