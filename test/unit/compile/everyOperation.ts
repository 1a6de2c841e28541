import type { Network } from '../../../core/shape/network';
import { NetworkBuilder, type NetworkOptions } from './networkBuilder';

/** A network with each kind of operation and each activation in it. */
export function everyOperation(options: NetworkOptions = {}): Network {
  const network = new NetworkBuilder([12, 10, 3]);
  network.convolution({ kernel: [3, 3], channels: 8, padding: 'same' });
  network.batchNormalization();
  network.activation('leaky_relu', 0.1);
  network.pooling('max_pooling', { kernel: [2, 2], padding: 'same' });
  const stem = network.dropout(0.25);
  const left = network.activation(
    'gelu',
    0,
    network.convolution({ kernel: [3, 3], channels: 8, padding: 'same', groups: 4 }),
  );
  const right = network.activation('hard_swish', 0, stem);
  const sum = network.merge('add', [left, right, stem]);
  const gate = network.activation('sigmoid', 0, sum);
  const product = network.merge('multiply', [sum, gate]);
  const overlapping = { kernel: [3, 3], stride: [2, 2], padding: 'same' } as const;
  const average = network.pooling('average_pooling', overlapping, product);
  const maximum = network.pooling('max_pooling', overlapping, product);
  network.concatenate([average, maximum]);
  for (const activation of ['relu', 'relu6', 'elu', 'selu', 'silu', 'tanh', 'softplus', 'linear'] as const) {
    network.activation(activation, 1);
  }
  const last = network.batchNormalization();
  const pooled = [
    network.globalPooling('global_average_pooling', last),
    network.globalPooling('global_max_pooling', last),
    network.flatten(last),
  ];
  network.concatenate(pooled);
  network.dense(4);
  network.activation('softmax');
  return network.network(options);
}
