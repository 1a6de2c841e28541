type Layer = Record<string, unknown>;

/** The scheme of each network of `test/python/match_layers.py`. */
export function layerSchemes(): Record<string, string> {
  const mean = { name: 'mean', type: 'global_average_pooling' };
  const embed = { name: 'embed', type: 'embedding_set', dimension: 8 };
  return {
    layernorm: tokens([embed, { name: 'norm', type: 'layer_normalization', epsilon: 1e-5 }, mean]),
    groupnorm: picture([
      { name: 'conv', type: 'conv2d_set', kernel: [3, 3], channel: 8 },
      { name: 'norm', type: 'group_normalization', groups: 4, epsilon: 1e-5 },
      { name: 'act', type: 'activation', activation: 'relu' },
      mean,
    ]),
    up: picture([
      { name: 'conv', type: 'conv2d_set', kernel: [3, 3], channel: 4 },
      { name: 'up', type: 'upsampling2d', size: [2, 2] },
      {
        name: 'back',
        type: 'conv2d_transpose_set',
        kernel: [4, 4],
        channel: 6,
        stride: 2,
        padding: [1, 1],
        activation: 'relu',
      },
      mean,
    ]),
    transformer: tokens([
      embed,
      { name: 'block', type: 'transformer_set', heads: 2, feed_forward: 16, activation: 'gelu', dropout: 0.1 },
      mean,
    ]),
    lstm: tokens([embed, { name: 'lstm', type: 'lstm_set', unit: 5, return_sequences: false }]),
    gru: tokens([embed, { name: 'gru', type: 'gru_set', unit: 5, return_sequences: false }]),
  };
}

function tokens(network: readonly Layer[]): string {
  return JSON.stringify({ data: { input_size: [6], vocabulary: 11, label_dim: 3 }, model: { network } });
}

function picture(network: readonly Layer[]): string {
  return JSON.stringify({ data: { image_size: [8, 8, 3], label_dim: 3 }, model: { network } });
}
