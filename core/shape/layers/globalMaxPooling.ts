import type { LayerType } from '../layerType';
import { globalPooling } from '../operations';

export const globalMaxPooling: LayerType = {
  type: 'global_max_pooling',
  expand: (builder) => globalPooling(builder, 'global_max_pooling'),
};
