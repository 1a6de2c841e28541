export type WrittenLayer = Readonly<Record<string, unknown>>;

/** A scheme as an object. */
export interface WrittenScheme {
  readonly data: {
    readonly label_dim: number;
    readonly image_size?: readonly number[];
    readonly input_size?: readonly number[];
    readonly vocabulary?: number;
    readonly label_type?: string;
  };
  readonly model: { readonly network: readonly WrittenLayer[] };
}

export function scheme(size: readonly number[], labels: number, network: readonly WrittenLayer[]): WrittenScheme {
  const shape = size.length === 3 ? { image_size: size } : { input_size: size };
  return { data: { ...shape, label_dim: labels }, model: { network } };
}

export const conv = (kernel: number | readonly number[], channel: number, rest: WrittenLayer = {}): WrittenLayer => ({
  type: 'conv2d_set',
  kernel,
  channel,
  ...rest,
});
export const relu = { activation: 'relu' };
export const normalized = { batch_normalization: true, use_bias: false };
export const dense = (unit: number, rest: WrittenLayer = {}): WrittenLayer => ({ type: 'dense_set', unit, ...rest });

/** Szegedy et al. 2015, the first inception module. */
const inception = scheme([28, 28, 192], 10, [
  conv(1, 64, { name: 'one', ...relu }),
  conv(1, 96, { input: 'data', ...relu }),
  conv(3, 128, { name: 'three', ...relu }),
  conv(1, 16, { input: 'data', ...relu }),
  conv(5, 32, { name: 'five', ...relu }),
  { type: 'maxpooling', input: 'data', pooling_size: 3, pooling_stride: 1, padding: 'same' },
  conv(1, 32, { name: 'pool', ...relu }),
  { type: 'concatenate', inputs: ['one', 'three', 'five', 'pool'] },
  { type: 'global_average_pooling' },
  dense(10),
]);

/** Howard et al. 2017, the first blocks: a depthwise convolution has as many groups as channels. */
const mobilenet = scheme([64, 64, 3], 10, [
  conv(3, 32, { stride: 2, use_bias: false, batch_normalization: true, ...relu }),
  ...[64, 128, 128].flatMap((channels, index) => {
    const inputs = [32, 64, 128][index]!;
    return [
      conv(3, inputs, { groups: inputs, stride: index === 1 ? 2 : 1, ...normalized, ...relu }),
      conv(1, channels, { ...normalized, ...relu }),
    ];
  }),
  { type: 'global_average_pooling' },
  dense(10),
]);

/** Chollet 2017, in the small: separable and depthwise convolutions, a gate, the largest value of each channel. */
const separable = scheme([20, 24, 6], 5, [
  { type: 'separable_conv2d_set', kernel: 3, channel: 16, stride: 2, ...normalized, ...relu },
  { type: 'depthwise_conv2d_set', name: 'depthwise', kernel: [3, 5], multiplier: 2, padding: 'valid', ...relu },
  conv(1, 32, { name: 'gate', activation: 'sigmoid' }),
  { type: 'multiply', inputs: ['depthwise', 'gate'] },
  { type: 'global_max_pooling' },
  dense(5),
]);

const series = (length: number) =>
  scheme([length, 3], 4, [
    { type: 'conv1d_set', kernel: 5, channel: 8, stride: 2, batch_normalization: true, ...relu },
    { type: 'conv1d_set', kernel: [3], channel: 12, padding: [2, 1], dilation: 2, maxpooling: { pooling_size: 2 } },
    {
      type: 'conv1d_set',
      kernel: 4,
      channel: 6,
      groups: 3,
      padding: 1,
      average_pooling: { pooling_size: 3, padding: 'same' },
    },
    { type: 'conv1d_set', kernel: 2, channel: 6, padding: 'valid', dropout: 0.2 },
    { type: 'batch_normalization' },
    { type: 'global_average_pooling' },
    dense(4),
  ]);

const windows = (size: readonly number[]) =>
  scheme(size, 3, [
    conv([3, 5], 8, { stride: [2, 3], activation: 'leaky_relu' }),
    conv([2, 4], 6, { dilation: [2, 1], batch_normalization: true, activation: 'gelu' }),
    { type: 'average_pooling', pooling_size: [3, 2], pooling_stride: [2, 1], padding: 'valid' },
    conv(3, 12, { groups: 3, padding: [0, 1, 2, 3], activation: 'silu', dropout: 0.2 }),
    { type: 'maxpooling', pooling_size: [2, 3], padding: 'same' },
    conv(2, 5, { padding: [1, 2], stride: 2, use_bias: false }),
    { type: 'batch_normalization' },
    { type: 'activation', activation: 'sigmoid' },
    { type: 'dropout', rate: 0.1 },
    { type: 'flatten' },
    dense(7, { batch_normalization: true, ...relu, dropout: 0.3, use_bias: false }),
    { type: 'batch_normalization' },
    dense(3),
  ]);

/** Networks of what has been in the language from the start; they are also built in PyTorch. */
export const networks: Readonly<Record<string, WrittenScheme>> = {
  'an inception module': inception,
  'the first blocks of MobileNet': mobilenet,
  'windows of every kind on 31x37': windows([31, 37, 4]),
  'windows of every kind on 32x32': windows([32, 32, 2]),
  'windows of every kind on 29x40': windows([29, 40, 1]),
  'windows of every kind on 64x23': windows([64, 23, 3]),
  'separable and depthwise convolutions': separable,
  'a series of 64': series(64),
  'a series of 51': series(51),
  'a dense network': scheme([9, 9, 2], 4, [
    dense(32, { batch_normalization: true, ...relu }),
    dense(16, relu),
    dense(4),
  ]),
  'a 1x1 picture': scheme([1, 1, 8], 2, [
    conv(3, 4, relu),
    { type: 'maxpooling', pooling_size: 3, padding: 'same' },
    dense(2),
  ]),
  "the talk's sample": scheme([30, 30, 1], 3, [
    ...[64, 128].map((channel) =>
      conv([3, 3], channel, {
        batch_normalization: true,
        activation: 'leaky_relu',
        maxpooling: { pooling_size: [2, 2], pooling_stride: [2, 2], padding: 'same' },
        dropout: 0.7,
      }),
    ),
    dense(3),
  ]),
};
