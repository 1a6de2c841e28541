import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';

type Layer = Record<string, unknown>;

/** The scheme of each network of `test/python/match_exports.py`. */
export function schemes(): Record<string, string> {
  const sample = readFileSync(path.join(projectRoot, 'examples/shapes/model_scheme_sample.json'), 'utf8');
  return {
    sample,
    sample_same: sample,
    sample_normalized: sample,
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
    grouped: image([16, 16, 3], 3, [
      conv('stem', 8, 3, {
        stride: 2,
        padding: [1, 1],
        use_bias: false,
        batch_normalization: true,
        activation: 'relu6',
      }),
      conv('depthwise', 8, 3, { groups: 8, use_bias: false, batch_normalization: true, activation: 'relu6' }),
      conv('pointwise', 12, 1, { activation: 'relu6' }),
      conv('grouped', 12, 3, { stride: 2, padding: [1, 1], groups: 4, activation: 'relu6' }),
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
      ['silu', 'gelu', 'hard_swish', 'elu', 'selu', 'relu6', 'softplus', 'sigmoid', 'tanh', 'leaky_relu'].map(
        (activation, index) => conv(`conv_${index + 1}`, 4, 1, { activation }),
      ),
    ),
    averages: image([16, 16, 3], 3, [
      conv('conv_1', 6, 3, { activation: 'elu' }),
      { name: 'pool_1', type: 'average_pooling', pooling_size: [2, 2] },
      conv('conv_2', 8, 3, { activation: 'elu', padding: 'valid' }),
      { name: 'pool_2', type: 'average_pooling', pooling_size: [3, 3] },
    ]),
    preactivation: image([16, 16, 3], 3, [
      conv('conv_1', 8, 3, { maxpooling: { pooling_size: [2, 2] } }),
      { name: 'norm', type: 'batch_normalization' },
      { name: 'act', type: 'activation', activation: 'relu' },
      conv('conv_2', 8, 3, { activation: 'relu' }),
    ]),
  };
}

function image(size: readonly number[], labels: number, network: readonly Layer[]): string {
  return JSON.stringify({ data: { image_size: size, label_dim: labels }, model: { network } });
}

function conv(name: string, channel: number, kernel: number, more: Layer): Layer {
  return { name, type: 'conv2d_set', kernel: [kernel, kernel], channel, ...more };
}

function residual(): Layer[] {
  const normalized = { use_bias: false, batch_normalization: true };
  const active = { ...normalized, activation: 'relu' };
  const down = { padding: [1, 1], stride: 2 };
  return [
    conv('stem', 8, 3, active),
    conv('one', 8, 3, active),
    conv('two', 8, 3, normalized),
    { name: 'sum', type: 'add', inputs: ['two', 'stem'] },
    { name: 'act', type: 'activation', activation: 'relu' },
    conv('down', 16, 3, { ...active, ...down }),
    conv('up', 16, 3, normalized),
    conv('short', 16, 1, { ...normalized, stride: 2, padding: 'valid', input: 'act' }),
    { name: 'sum_2', type: 'add', inputs: ['up', 'short'] },
    { name: 'act_2', type: 'activation', activation: 'relu' },
    { name: 'mean', type: 'global_average_pooling' },
  ];
}
