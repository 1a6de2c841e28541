import type { LayerType } from '../layerType';
import { layerNormalization as normalize } from '../operations';

export const layerNormalization: LayerType<{ readonly epsilon: number }> = {
  type: 'layer_normalization',
  expand: (builder, settings) => normalize(builder, settings.epsilon),
};
