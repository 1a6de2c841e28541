import type { LayerType } from '../layerType';
import { globalAveragePooling as pool } from '../operations';

export const globalAveragePooling: LayerType = {
  type: 'global_average_pooling',
  expand: (builder) => pool(builder),
};
