/** Layer types that the language has and this version does not build yet. */
export const plannedLayerTypes: readonly string[] = [
  'conv2d_transpose_set',
  'lstm_set',
  'gru_set',
  'embedding_set',
  'attention_set',
  'transformer_set',
  'layer_normalization',
  'group_normalization',
  'reshape',
  'permute',
  'upsampling2d',
  'zero_padding2d',
  'block',
];
