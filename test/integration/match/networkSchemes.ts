export type Layer = Record<string, unknown>;

export const normalized = { use_bias: false, batch_normalization: true };

/** The schemes of the networks that every exporter's script builds alike. */
export function sameEverywhere(): Record<string, string> {
  return {
    vgg: image([16, 16, 3], 5, [
      conv('conv_1', 8, 3, { activation: 'relu' }),
      conv('conv_2', 8, 3, { activation: 'relu', maxpooling: { pooling_size: [2, 2] } }),
      conv('conv_3', 16, 3, { activation: 'relu' }),
      conv('conv_4', 16, 3, { activation: 'relu', maxpooling: { pooling_size: [2, 2] } }),
      { name: 'dense_1', type: 'dense_set', unit: 24, activation: 'relu', dropout: 0.5 },
    ]),
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
    preactivation: image([16, 16, 3], 3, [
      conv('conv_1', 8, 3, { maxpooling: { pooling_size: [2, 2] } }),
      { name: 'norm', type: 'batch_normalization' },
      { name: 'act', type: 'activation', activation: 'relu' },
      conv('conv_2', 8, 3, { activation: 'relu' }),
    ]),
  };
}

export function image(size: readonly number[], labels: number, network: readonly Layer[]): string {
  return JSON.stringify({ data: { image_size: size, label_dim: labels }, model: { network } });
}

export function conv(name: string, channel: number, kernel: number, more: Layer): Layer {
  return { name, type: 'conv2d_set', kernel: [kernel, kernel], channel, ...more };
}

/** Two residual blocks, of which the second halves the picture: how, is given for its branch and for its shortcut. */
export function residual(down: Layer, short: Layer): Layer[] {
  const active = { ...normalized, activation: 'relu' };
  return [
    conv('stem', 8, 3, active),
    conv('one', 8, 3, active),
    conv('two', 8, 3, normalized),
    { name: 'sum', type: 'add', inputs: ['two', 'stem'] },
    { name: 'act', type: 'activation', activation: 'relu' },
    conv('down', 16, 3, { ...active, ...down }),
    conv('up', 16, 3, normalized),
    conv('short', 16, 1, { ...normalized, ...short, input: 'act' }),
    { name: 'sum_2', type: 'add', inputs: ['up', 'short'] },
    { name: 'act_2', type: 'activation', activation: 'relu' },
    { name: 'mean', type: 'global_average_pooling' },
  ];
}
