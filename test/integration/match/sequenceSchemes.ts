type Layer = Record<string, unknown>;

/** The scheme of each network of `test/python/match_sequences.py`. */
export function sequenceSchemes(): Record<string, string> {
  const mean = { name: 'mean', type: 'global_average_pooling' };
  const embed = { name: 'embed', type: 'embedding_set', dimension: 8 };
  const block = { type: 'transformer_set', heads: 2, feed_forward: 16, activation: 'gelu', dropout: 0.1 };
  const conv = { name: 'conv', type: 'conv1d_set', kernel: 3, channel: 8, activation: 'relu' };
  const recurrent = (type: string, rest: Layer) => series([{ name: 'layer', type, unit: 5, ...rest }]);
  const both = { bidirectional: true, return_sequences: true };
  const every = { return_sequences: true };
  return {
    attending: tokens([embed, { name: 'attention', type: 'attention_set', heads: 2 }, mean]),
    encoder: tokens([embed, { name: 'block', ...block, repeat: 2 }, mean]),
    picture: text({ image_size: [8, 8, 3] }, [
      { name: 'patches', type: 'conv2d_set', kernel: 4, stride: 4, channel: 8, padding: 'valid' },
      { name: 'sequence', type: 'reshape', shape: [4, 8] },
      { name: 'block', ...block },
      { name: 'norm', type: 'layer_normalization', epsilon: 1e-5 },
      mean,
    ]),
    bilstm: text({ input_size: [12, 6] }, [{ name: 'layer', type: 'lstm_set', unit: 5, ...both }, mean]),
    bigru: text({ input_size: [12, 6] }, [{ name: 'layer', type: 'gru_set', unit: 5, ...both }, mean]),
    lastlstm: recurrent('lstm_set', {}),
    lastgru: recurrent('gru_set', {}),
    lstmcells: recurrent('lstm_set', {}),
    grucells: recurrent('gru_set', {}),
    bothends: recurrent('lstm_set', { bidirectional: true }),
    stack: series([
      conv,
      { name: 'first', type: 'gru_set', unit: 5, ...every, dropout: 0.2 },
      { name: 'second', type: 'gru_set', unit: 5 },
    ]),
  };
}

function tokens(network: readonly Layer[]): string {
  return text({ input_size: [6], vocabulary: 11 }, network);
}

function series(network: readonly Layer[]): string {
  return text({ input_size: [12, 6] }, network);
}

function text(data: Layer, network: readonly Layer[]): string {
  return JSON.stringify({ data: { ...data, label_dim: 3 }, model: { network } });
}
