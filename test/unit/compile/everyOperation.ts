import type { Network } from '../../../core/shape/network';
import { NetworkBuilder, type NetworkOptions } from './networkBuilder';

/** A network on images with each kind of operation that takes them, and each activation. */
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
  network.zeroPadding([1, 0, 0, 1]);
  network.upsampling([2, 1]);
  network.transposedConvolution({
    kernel: [3, 3],
    channels: 8,
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    outputPadding: [1, 0],
  });
  network.groupNormalization(2);
  network.layerNormalization();
  network.permute([1, 0, 2]);
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

/** A network on token ids with each kind of operation that works on sequences. */
export function everySequenceOperation(options: NetworkOptions = {}): Network {
  const network = new NetworkBuilder([6]);
  const start = network.embedding(11, 8);
  network.layerNormalization();
  const attended = network.merge('add', [network.attention(2, 4), start]);
  network.densePerPosition(8, true, network.layerNormalization(1e-5, attended));
  network.activation('gelu');
  network.convolution({ kernel: [3], channels: 8, padding: 'same' });
  network.recurrent('lstm', 4, { bidirectional: true, returnSequences: true });
  network.recurrent('gru', 5, { returnSequences: true });
  network.reshape([3, 2, 5]);
  network.reshape([6, 5]);
  const sequence = network.densePerPosition(4, false);
  const last = [
    network.recurrent('lstm', 4, { bidirectional: true }, sequence),
    network.recurrent('gru', 3, {}, sequence),
  ];
  network.concatenate(last);
  network.dense(4);
  return network.network({ ...options, vocabulary: 11 });
}
