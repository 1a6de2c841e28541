type Layer = Record<string, unknown>;

/** The scheme of each network of `test/python/keras_exports.py`. */
export function kerasSchemes(): Record<string, string> {
  return {
    sample: image([30, 30, 1], 3, [sampleSet('conv_1', 4), sampleSet('conv_2', 8)]),
    vgg: image([16, 16, 3], 5, [
      conv('conv_1', 8, 3, { activation: 'relu' }),
      conv('conv_2', 8, 3, { activation: 'relu', maxpooling: { pooling_size: [2, 2] } }),
      conv('conv_3', 16, 3, { activation: 'relu' }),
      conv('conv_4', 16, 3, { activation: 'relu', maxpooling: { pooling_size: [2, 2] } }),
      { name: 'dense_1', type: 'dense_set', unit: 24, activation: 'relu', dropout: 0.5 },
    ]),
    residual: image([16, 16, 3], 4, residual()),
    branches: image([12, 12, 3], 3, [
      conv('left', 4, 1, { activation: 'relu' }),
      conv('right', 6, 3, { activation: 'relu', input: 'data' }),
      {
        name: 'pool',
        type: 'maxpooling',
        pooling_size: [3, 3],
        pooling_stride: [1, 1],
        padding: 'same',
        input: 'data',
      },
      conv('pooled', 4, 1, { activation: 'relu' }),
      { name: 'join', type: 'concatenate', inputs: ['left', 'right', 'pooled'] },
      conv('after', 8, 3, { activation: 'relu', padding: 'valid' }),
      { name: 'mean', type: 'global_average_pooling' },
    ]),
    mlp: JSON.stringify({
      data: { input_size: [12], label_dim: 2 },
      model: {
        network: [
          { name: 'dense_1', type: 'dense_set', unit: 16, batch_normalization: true, activation: 'relu', dropout: 0.2 },
          { name: 'dense_2', type: 'dense_set', unit: 8, activation: 'tanh' },
        ],
      },
    }),
    zoo: image(
      [8, 8, 4],
      3,
      ['silu', 'elu', 'selu', 'relu6', 'softplus', 'sigmoid', 'tanh', 'leaky_relu'].map((activation, index) =>
        conv(`conv_${index + 1}`, 4, 1, { activation }),
      ),
    ),
    gates: image([8, 8, 4], 3, [
      conv('conv_1', 4, 3, { activation: 'hard_swish' }),
      conv('conv_2', 4, 3, { activation: { type: 'leaky_relu', alpha: 0.2 } }),
    ]),
    averages: image([16, 16, 3], 3, [
      conv('conv_1', 6, 3, { activation: 'elu' }),
      { name: 'pool_1', type: 'average_pooling', pooling_size: [2, 2], padding: 'valid' },
      conv('conv_2', 8, 3, { activation: 'elu', padding: 'valid' }),
      { name: 'pool_2', type: 'average_pooling', pooling_size: [3, 3], padding: 'valid' },
    ]),
    preactivation: image([16, 16, 3], 3, [
      conv('conv_1', 8, 3, { maxpooling: { pooling_size: [2, 2] } }),
      { name: 'norm', type: 'batch_normalization' },
      { name: 'act', type: 'activation', activation: 'relu' },
      conv('conv_2', 8, 3, { activation: 'relu' }),
    ]),
    mobile: image([16, 16, 3], 3, [
      conv('stem', 6, 3, { stride: 2, ...normalized, activation: 'relu6' }),
      conv('depthwise_1', 6, 3, { groups: 6, ...normalized, activation: 'relu6' }),
      conv('pointwise_1', 8, 1, { ...normalized, activation: 'relu6' }),
      conv('depthwise_2', 8, 3, { groups: 8, stride: 2, ...normalized, activation: 'relu6' }),
      conv('pointwise_2', 12, 1, { ...normalized, activation: 'relu6' }),
      { name: 'mean', type: 'global_average_pooling' },
    ]),
  };
}

const normalized = { use_bias: false, batch_normalization: true };

function image(size: readonly number[], labels: number, network: readonly Layer[]): string {
  return JSON.stringify({ data: { image_size: size, label_dim: labels }, model: { network } });
}

function conv(name: string, channel: number, kernel: number, more: Layer): Layer {
  return { name, type: 'conv2d_set', kernel: [kernel, kernel], channel, ...more };
}

function sampleSet(name: string, channel: number): Layer {
  const tail = {
    batch_normalization: true,
    activation: 'leaky_relu',
    maxpooling: { pooling_size: [2, 2], padding: 'same' },
  };
  return conv(name, channel, 3, { ...tail, dropout: 0.7 });
}

/** Strides are padded on one side, as `same` means it here and in Keras. */
function residual(): Layer[] {
  const active = { ...normalized, activation: 'relu' };
  return [
    conv('stem', 8, 3, active),
    conv('one', 8, 3, active),
    conv('two', 8, 3, normalized),
    { name: 'sum', type: 'add', inputs: ['two', 'stem'] },
    { name: 'act', type: 'activation', activation: 'relu' },
    conv('down', 16, 3, { ...active, stride: 2 }),
    conv('up', 16, 3, normalized),
    conv('short', 16, 1, { ...normalized, stride: 2, input: 'act' }),
    { name: 'sum_2', type: 'add', inputs: ['up', 'short'] },
    { name: 'act_2', type: 'activation', activation: 'relu' },
    { name: 'mean', type: 'global_average_pooling' },
  ];
}
