import { conv, dense, relu, scheme, type WrittenLayer, type WrittenScheme } from './networks';

const picture = [9, 8, 6];
const sequence = [7, 6];

const onPicture = (...network: WrittenLayer[]) => scheme(picture, 3, [...network, { type: 'flatten' }, dense(3)]);
const onSequence = (...network: WrittenLayer[]) => scheme(sequence, 3, [...network, { type: 'flatten' }, dense(3)]);
const onTokens = (...network: WrittenLayer[]): WrittenScheme => ({
  data: { input_size: [6], vocabulary: 11, label_dim: 3 },
  model: { network: [...network, { type: 'flatten' }, dense(3)] },
});

const up = (rest: WrittenLayer): WrittenScheme =>
  onPicture({ type: 'conv2d_transpose_set', kernel: 3, channel: 4, ...rest });
const lstm = (rest: WrittenLayer) => onSequence({ type: 'lstm_set', unit: 5, ...rest });
const gru = (rest: WrittenLayer) => onSequence({ type: 'gru_set', unit: 5, ...rest });
const block = (rest: WrittenLayer) => onPicture({ type: 'block', name: 'block', ...rest });
const convolutions = (channel: number, stride = 1, batch_normalization = false) => [
  conv(3, channel, { stride, batch_normalization, ...relu }),
  conv(3, channel, { batch_normalization }),
];
const withLabels = (each: WrittenScheme, label_type: string): WrittenScheme => ({
  ...each,
  data: { ...each.data, label_type },
});

/** A network for every setting of every layer type that changes what is computed: small enough to be run. */
export const smallNetworks: Readonly<Record<string, WrittenScheme>> = {
  'transposed convolution, same': up({ stride: 2 }),
  'transposed convolution, same with an even kernel': up({ kernel: [4, 2], stride: 2, ...relu }),
  'transposed convolution, same with a kernel below its stride': up({ kernel: [2, 1], stride: 3 }),
  'transposed convolution, valid': up({ padding: 'valid', stride: [2, 1], use_bias: false }),
  'transposed convolution, padding in numbers': up({ padding: [1, 1, 0, 0], stride: 2 }),
  'transposed convolution, groups and dilation': up({ groups: 2, dilation: [1, 2], stride: 2 }),
  'transposed convolution with a tail': up({
    stride: 2,
    batch_normalization: { epsilon: 0.001 },
    activation: 'gelu',
    average_pooling: { pooling_size: 2 },
    dropout: 0.2,
  }),
  'zero padding on all sides': onPicture({ type: 'zero_padding2d', padding: 2 }, conv(3, 4, { padding: 'valid' })),
  'zero padding, vertical and horizontal': onPicture({ type: 'zero_padding2d', padding: [0, 3] }),
  'zero padding, four numbers': onPicture({ type: 'zero_padding2d', padding: [1, 2, 3, 0] }),
  upsampling: onPicture({ type: 'upsampling2d' }, conv(3, 4)),
  'upsampling by two factors': onPicture({ type: 'upsampling2d', size: [3, 1] }),
  'reshape to a sequence': onPicture(
    { type: 'reshape', shape: [72, 6] },
    { type: 'conv1d_set', kernel: 3, channel: 4 },
  ),
  'reshape with an open size': onPicture({ type: 'reshape', shape: [4, -1, 12] }, conv(3, 4)),
  'reshape of features to a picture': scheme([24], 3, [
    dense(24, relu),
    { type: 'reshape', shape: [2, 3, 4] },
    conv(2, 5),
    dense(3),
  ]),
  'permute height and width': onPicture({ type: 'permute', order: [1, 0, 2] }, conv([3, 1], 4)),
  'permute channels to the front': onPicture({ type: 'permute', order: [2, 0, 1] }, conv([3, 1], 4)),
  'permute a sequence': onSequence({ type: 'permute', order: [1, 0] }, { type: 'conv1d_set', kernel: 3, channel: 4 }),
  'layer normalization of a picture': onPicture(conv(3, 5), { type: 'layer_normalization' }),
  'layer normalization of a sequence': onSequence({ type: 'layer_normalization', epsilon: 0.001 }),
  'layer normalization of features': scheme([16], 3, [dense(8), { type: 'layer_normalization' }, dense(3)]),
  'group normalization': onPicture(conv(3, 8), { type: 'group_normalization', groups: 4 }),
  'group normalization, one group': onPicture({ type: 'group_normalization', groups: 1, epsilon: 0.001 }),
  'group normalization of features': scheme([16], 3, [dense(8), { type: 'group_normalization', groups: 2 }, dense(3)]),
  'max pooling of a series': onSequence({ type: 'maxpooling', pooling_size: 2 }),
  'max pooling of a series, same': onSequence({
    type: 'maxpooling',
    pooling_size: [3],
    pooling_stride: 2,
    padding: 'same',
  }),
  'average pooling of a series': onSequence({ type: 'average_pooling', pooling_size: 3, padding: [1, 0] }),
  'average pooling of a picture, same': onPicture({ type: 'average_pooling', pooling_size: [3, 2], padding: 'same' }),
  embedding: onTokens({ type: 'embedding_set', dimension: 4 }),
  'embedding, convolution and pooling': onTokens(
    { type: 'embedding_set', dimension: 4, dropout: 0.1 },
    { type: 'conv1d_set', kernel: 3, channel: 5, ...relu },
    { type: 'global_max_pooling' },
  ),
  lstm: lstm({}),
  'lstm, every position': lstm({ return_sequences: true }),
  'lstm in both directions': lstm({ bidirectional: true, dropout: 0.2 }),
  'lstm in both directions, every position': lstm({ bidirectional: true, return_sequences: true }),
  gru: gru({}),
  'gru, every position': gru({ return_sequences: true }),
  'gru in both directions': gru({ bidirectional: true, dropout: 0.2 }),
  'gru in both directions, every position': gru({ bidirectional: true, return_sequences: true }),
  'recurrent layers on tokens': onTokens(
    { type: 'embedding_set', dimension: 4 },
    { type: 'gru_set', unit: 3, return_sequences: true },
    { type: 'lstm_set', unit: 4, bidirectional: true },
  ),
  attention: onSequence({ type: 'attention_set', heads: 2 }),
  'attention with keys of another size': onSequence({
    type: 'attention_set',
    heads: 4,
    key_dimension: 3,
    dropout: 0.1,
  }),
  transformer: onSequence({ type: 'transformer_set', heads: 3, feed_forward: 10 }),
  'transformer, repeated': onSequence(
    { type: 'transformer_set', heads: 1, feed_forward: 8, activation: 'relu', dropout: 0.1, repeat: 3 },
    { type: 'layer_normalization' },
    { type: 'global_average_pooling' },
  ),
  'transformer on tokens': onTokens(
    { type: 'embedding_set', dimension: 6 },
    { type: 'transformer_set', heads: 2, feed_forward: 12, repeat: 2 },
  ),
  'block without a shortcut': block({ network: convolutions(6), repeat: 2 }),
  'block with an identity': block({ network: convolutions(6), repeat: 3, shortcut: 'identity', ...relu }),
  'block with a projection': block({ network: convolutions(8), repeat: 2, shortcut: 'projection', activation: 'gelu' }),
  'block with a projection and a stride': block({ network: convolutions(8, 2), shortcut: 'projection' }),
  'block with a normalized projection': block({ network: convolutions(8, 2, true), shortcut: 'projection', ...relu }),
  'block of a sequence': onSequence({
    type: 'block',
    network: [
      { type: 'conv1d_set', kernel: 3, channel: 8, stride: 2, batch_normalization: true, ...relu },
      { type: 'conv1d_set', kernel: 3, channel: 8 },
    ],
    shortcut: 'projection',
  }),
  'block of features': scheme([10], 3, [
    { type: 'block', network: [dense(8, relu), dense(8)], repeat: 2, shortcut: 'projection', activation: 'tanh' },
    dense(3),
  ]),
  'block with branches': block({
    network: [
      conv(3, 4, { name: 'left', ...relu }),
      conv(1, 2, { name: 'right', input: 'data' }),
      { type: 'concatenate', inputs: ['left', 'right'] },
    ],
    repeat: 2,
    shortcut: 'identity',
  }),
  'blocks in a block': block({
    network: [
      { type: 'block', network: convolutions(6, 1, true), shortcut: 'projection', ...relu },
      { type: 'block', network: convolutions(10, 2), shortcut: 'projection' },
    ],
    repeat: 2,
  }),
  'squeeze and excitation': onPicture(
    conv(3, 6, { name: 'features', ...relu }),
    { type: 'global_average_pooling' },
    dense(3, relu),
    dense(6, { activation: 'sigmoid' }),
    { type: 'reshape', shape: [1, 1, 6] },
    { type: 'upsampling2d', name: 'gate', size: [9, 8] },
    { type: 'multiply', inputs: ['features', 'gate'] },
  ),
  'a picture to picture network': onPicture(
    conv(3, 4, { name: 'fine', ...relu }),
    { type: 'maxpooling', pooling_size: [3, 2] },
    conv(3, 6, relu),
    { type: 'conv2d_transpose_set', name: 'coarse', kernel: 3, channel: 4, stride: [3, 2] },
    { type: 'concatenate', inputs: ['fine', 'coarse'] },
    conv(1, 2),
  ),
  'a table with several labels': withLabels(scheme([12], 3, [dense(8, relu), dense(3)]), 'multi_label'),
  'a table for regression': withLabels(
    scheme([12], 2, [dense(8, { activation: 'silu', batch_normalization: true }), dense(2)]),
    'regression',
  ),
};
