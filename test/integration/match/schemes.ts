import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';
import { conv, image, residual, sameEverywhere } from './networkSchemes';

/** The scheme of each network of `test/python/match_exports.py`. */
export function schemes(): Record<string, string> {
  const sample = readFileSync(path.join(projectRoot, 'examples/shapes/model_scheme_sample.json'), 'utf8');
  return {
    ...sameEverywhere(),
    sample,
    sample_same: sample,
    sample_normalized: sample,
    residual: image([16, 16, 3], 4, residual({ padding: [1, 1], stride: 2 }, { stride: 2, padding: 'valid' })),
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
  };
}
