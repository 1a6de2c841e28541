import { conv, image, type Layer, normalized, residual, sameEverywhere } from './networkSchemes';

/** The scheme of each network of `test/python/keras_exports.py`. */
export function kerasSchemes(): Record<string, string> {
  return {
    ...sameEverywhere(),
    sample: image([30, 30, 1], 3, [sampleSet('conv_1', 4), sampleSet('conv_2', 8)]),
    // Strides are padded on one side, as `same` means it here and in Keras.
    residual: image([16, 16, 3], 4, residual({ stride: 2 }, { stride: 2 })),
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

function sampleSet(name: string, channel: number): Layer {
  const tail = {
    batch_normalization: true,
    activation: 'leaky_relu',
    maxpooling: { pooling_size: [2, 2], padding: 'same' },
  };
  return conv(name, channel, 3, { ...tail, dropout: 0.7 });
}
