import type { LayerType } from '../layerType';
import { type PoolingSettings, pooling } from '../sliding';

export const averagePooling: LayerType<PoolingSettings> = {
  type: 'average_pooling',
  expand: (builder, settings) => pooling(builder, 'average_pooling', settings, []),
};
