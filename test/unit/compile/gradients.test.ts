import type { Network } from '../../../core/shape/network';
import { describeWithPython } from '../../support/python';
import { assertEqualsReference } from './comparison';
import { NetworkBuilder } from './networkBuilder';
import { askReference, type Case, makeCase, type Reference } from './reference';

const cases: Case[] = [];

/** Adds a case: `build` puts operations between the data and a head of two classes. */
function add(name: string, inputShape: readonly number[], build: (network: NetworkBuilder) => void): void {
  const builder = new NetworkBuilder(inputShape);
  build(builder);
  cases.push(makeCase(name, head(builder), [4, 3, 2]));
}

/** As `add`, on six token ids below 11. */
function addTokens(name: string, build: (network: NetworkBuilder) => void): void {
  const builder = new NetworkBuilder([6]);
  build(builder);
  builder.flatten();
  builder.dense(3);
  cases.push(makeCase(name, builder.network({ optimizer: { type: 'sgd' }, vocabulary: 11 }), [4, 3, 2]));
}

function head(builder: NetworkBuilder): Network {
  builder.flatten();
  builder.dense(3);
  return builder.network({ optimizer: { type: 'sgd' } });
}

const square = [3, 3];
const convolutions = {
  'convolution, valid': { kernel: square },
  'convolution, same': { kernel: square, padding: 'same' },
  'convolution, same, even kernel': { kernel: [2, 4], padding: 'same' },
  'convolution, stride': { kernel: square, stride: [2, 2], padding: 'same' },
  'convolution, stride with leftovers': { kernel: [2, 3], stride: [3, 2] },
  'convolution, dilation': { kernel: square, dilation: [2, 1], padding: 'same' },
  'convolution, stride and dilation': { kernel: square, stride: [2, 3], dilation: [2, 2], padding: 'same' },
  'convolution, pads of every size': { kernel: square, padding: [0, 1, 2, 3] },
  'convolution, pads beyond the kernel': { kernel: [2, 2], padding: [3, 0, 2, 1] },
  'convolution, one by one': { kernel: [1, 1] },
  'convolution, one by one with stride': { kernel: [1, 1], stride: [2, 2] },
  'convolution, groups': { kernel: square, groups: 2, padding: 'same' },
  'convolution, groups with stride': { kernel: square, groups: 2, stride: [2, 2], padding: 'same' },
  'convolution, depthwise': { kernel: square, groups: 4, padding: 'same' },
  'convolution, depthwise with stride and dilation': {
    kernel: square,
    groups: 4,
    stride: [2, 2],
    dilation: [2, 2],
    padding: 'same',
  },
  'convolution, as many channels as groups': { kernel: square, groups: 4, channels: 4, padding: [1, 0, 0, 2] },
  'convolution, no bias': { kernel: square, bias: false },
} as const;
for (const [name, options] of Object.entries(convolutions)) {
  add(name, [9, 8, 2], (network) => {
    network.convolution({ kernel: [1, 1], channels: 4 });
    network.convolution({ channels: 8, ...options });
  });
}

add('convolution on the data', [6, 7, 3], (network) => network.convolution({ kernel: square, channels: 4 }));
add('convolution in one dimension', [12, 3], (network) => {
  network.convolution({ kernel: [3], channels: 4, padding: 'same' });
  network.convolution({ kernel: [4], channels: 6, stride: [2], dilation: [2], groups: 2, padding: 'same' });
  network.convolution({ kernel: [3], channels: 12, groups: 6, padding: 'same' });
});
add('dense', [5], (network) => {
  network.dense(6);
  network.dense(4, false);
});

const activations = [
  'linear',
  'relu',
  'relu6',
  'leaky_relu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'hard_swish',
  'sigmoid',
  'tanh',
  'softplus',
  'softmax',
] as const;
for (const activation of activations) {
  add(`${activation} on images`, [4, 5, 2], (network) => {
    network.convolution({ kernel: [1, 1], channels: 4 });
    network.activation(activation, activation === 'elu' ? 0.7 : 0.2);
  });
  add(`${activation} on features`, [6], (network) => {
    network.dense(8);
    network.activation(activation, activation === 'elu' ? 1.3 : 0.01);
  });
}
add('leaky relu with a slope above one', [6], (network) => {
  network.dense(8);
  network.activation('leaky_relu', 1.5);
});
add('leaky relu with a negative slope', [6], (network) => {
  network.dense(8);
  network.activation('leaky_relu', -0.5);
});

const poolings = {
  plain: { kernel: [2, 2] },
  'with leftovers': { kernel: [2, 3] },
  'with gaps': { kernel: [1, 2], stride: [2, 3] },
  overlapping: { kernel: square, stride: [1, 2] },
  same: { kernel: [2, 2], padding: 'same' },
  'overlapping, same': { kernel: square, stride: [2, 2], padding: 'same' },
  'pads of every size': { kernel: [3, 4], stride: [2, 2], padding: [0, 1, 2, 3] },
} as const;
for (const kind of ['max_pooling', 'average_pooling'] as const) {
  for (const [name, options] of Object.entries(poolings)) {
    add(`${kind}, ${name}`, [7, 9, 2], (network) => {
      network.convolution({ kernel: [2, 2], channels: 4 });
      network.pooling(kind, options);
    });
  }
  add(`${kind} in one dimension`, [11, 2], (network) => {
    network.convolution({ kernel: [2], channels: 4 });
    network.pooling(kind, { kernel: [3], stride: [2], padding: 'same' });
  });
}
for (const kind of ['global_average_pooling', 'global_max_pooling'] as const) {
  add(kind, [5, 6, 2], (network) => {
    network.convolution({ kernel: [2, 2], channels: 4 });
    network.globalPooling(kind);
  });
  add(`${kind} in one dimension`, [8, 2], (network) => {
    network.convolution({ kernel: [2], channels: 4 });
    network.globalPooling(kind);
  });
}
add('max pooling of equal values', [6, 6, 2], (network) => {
  network.convolution({ kernel: [1, 1], channels: 4 });
  network.activation('relu');
  network.pooling('max_pooling', { kernel: square, stride: [2, 2], padding: 'same' });
});

add('batch norm on images', [5, 4, 2], (network) => {
  network.convolution({ kernel: [2, 2], channels: 4, bias: false });
  network.batchNormalization({ epsilon: 1e-3, momentum: 0.8 });
});
add('batch norm on features', [6], (network) => {
  network.dense(5, false);
  network.batchNormalization();
});
add('batch norm on a series', [7, 2], (network) => {
  network.convolution({ kernel: [2], channels: 4, bias: false });
  network.batchNormalization();
});
add('batch norm on the data', [5, 4, 2], (network) => network.batchNormalization());

const transposed = {
  plain: { kernel: square },
  'with stride': { kernel: [3, 2], stride: [2, 3] },
  'with pads of every size': { kernel: square, stride: [2, 2], padding: [0, 1, 2, 1] },
  'with output padding': { kernel: square, stride: [3, 2], padding: [1, 1, 1, 1], outputPadding: [2, 1] },
  'with dilation': { kernel: [2, 3], stride: [2, 1], dilation: [3, 2], padding: [1, 0, 0, 2] },
  'with groups': { kernel: square, stride: [2, 2], groups: 2, padding: [1, 1, 1, 1] },
} as const;
for (const [name, options] of Object.entries(transposed)) {
  add(`transposed convolution, ${name}`, [4, 5, 2], (network) => {
    network.convolution({ kernel: [1, 1], channels: 4 });
    network.transposedConvolution({ channels: 6, ...options });
  });
}
add('dense for each position', [5, 3], (network) => {
  network.densePerPosition(4);
  network.activation('tanh');
  network.densePerPosition(2, false);
});
for (const shape of [[4], [6, 4], [3, 5, 4]]) {
  const dense = (network: NetworkBuilder) =>
    shape.length === 1 ? network.dense(4) : network.convolution({ kernel: shape.slice(1).map(() => 1), channels: 4 });
  add(`layer normalization of ${shape}`, shape, (network) => {
    dense(network);
    network.layerNormalization(1e-3);
  });
  add(`group normalization of ${shape}`, shape, (network) => {
    dense(network);
    network.groupNormalization(2, 1e-3);
  });
}
add('a normalization of the data', [5, 4, 2], (network) => network.groupNormalization(1));
add('zero padding', [3, 4, 2], (network) => {
  network.convolution({ kernel: [1, 1], channels: 3 });
  network.zeroPadding([0, 1, 2, 3]);
});
add('upsampling', [3, 4, 2], (network) => {
  network.convolution({ kernel: [2, 2], channels: 3 });
  network.upsampling([2, 3]);
});
add('upsampling in one dimension', [5, 2], (network) => {
  network.convolution({ kernel: [2], channels: 3 });
  network.upsampling([3]);
});
add('reshape to more and to fewer axes', [3, 4, 2], (network) => {
  network.convolution({ kernel: [1, 1], channels: 6 });
  network.reshape([8, 9]);
  network.convolution({ kernel: [2], channels: 3 });
  network.reshape([21]);
  network.dense(12);
  network.reshape([2, 3, 2]);
  network.convolution({ kernel: [2, 2], channels: 3 });
});
for (const order of [
  [1, 0, 2],
  [2, 0, 1],
  [0, 2, 1],
]) {
  add(`permute ${order}`, [3, 4, 2], (network) => {
    network.convolution({ kernel: [1, 1], channels: 5 });
    network.permute(order);
    network.convolution({ kernel: [2, 2], channels: 3 });
  });
}
for (const kind of ['lstm', 'gru'] as const) {
  for (const bidirectional of [false, true]) {
    const name = `${kind}${bidirectional ? ' in both directions' : ''}`;
    add(name, [5, 3], (network) => {
      network.densePerPosition(4);
      network.recurrent(kind, 3, { bidirectional });
    });
    add(`${name}, every position`, [5, 3], (network) => {
      network.densePerPosition(4);
      network.recurrent(kind, 3, { bidirectional, returnSequences: true });
      network.recurrent(kind, 2, { bidirectional, returnSequences: true });
    });
  }
}
add('lstm on the data', [4, 3], (network) => network.recurrent('lstm', 2));
add('attention', [6, 4], (network) => {
  network.densePerPosition(6);
  network.attention(2, 3);
});
add('attention with keys of another size', [5, 3], (network) => {
  network.densePerPosition(4);
  network.attention(3, 2);
});
add('a transformer block', [5, 4], (network) => {
  const start = network.densePerPosition(4);
  network.layerNormalization();
  const attended = network.merge('add', [network.attention(2, 2), start]);
  network.layerNormalization();
  network.densePerPosition(8);
  network.activation('gelu');
  network.merge('add', [network.densePerPosition(4), attended]);
});
addTokens('embedding', (network) => network.embedding(11, 4));
addTokens('embedding and lstm', (network) => {
  network.embedding(11, 4);
  network.recurrent('lstm', 3);
});

add('dropout', [6], (network) => {
  network.dense(8);
  network.dropout(0.4);
});
add('add with fan-out', [5, 4, 2], (network) => {
  const stem = network.convolution({ kernel: [1, 1], channels: 4 });
  const left = network.activation('tanh');
  const right = network.convolution({ kernel: square, channels: 4, padding: 'same' }, stem);
  network.merge('add', [stem, left, right]);
});
add('multiply with fan-out', [5, 4, 2], (network) => {
  const stem = network.convolution({ kernel: [1, 1], channels: 4 });
  const gate = network.activation('sigmoid');
  network.merge('multiply', [stem, gate, stem]);
});
add('concatenate channels', [5, 4, 2], (network) => {
  const left = network.convolution({ kernel: [1, 1], channels: 4 });
  const right = network.convolution({ kernel: [1, 1], channels: 3 }, 'data');
  network.concatenate([left, 'data', right]);
});
add('concatenate rows and columns', [5, 4, 2], (network) => {
  const stem = network.convolution({ kernel: [1, 1], channels: 3 });
  const lower = network.activation('tanh');
  const tall = network.concatenate([stem, lower], 0);
  const wide = network.activation('sigmoid', 0, tall);
  network.concatenate([tall, wide], 1);
});

describeWithPython('gradients equal PyTorch’s and central differences', (python) => {
  let references = new Map<string, Reference>();
  before(() => {
    references = askReference(python, cases);
  });
  for (const each of cases) {
    it(each.name, () => assertEqualsReference(each, references.get(each.name)!));
  }
});
