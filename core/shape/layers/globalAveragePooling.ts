import type { LayerType } from '../layerType';
import { globalPooling } from '../operations';

export const globalAveragePooling: LayerType = {
  type: 'global_average_pooling',
  expand: (builder) => globalPooling(builder, 'global_average_pooling'),
};
