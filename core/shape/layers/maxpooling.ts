import type { LayerType } from '../layerType';
import { type PoolingSettings, pooling } from '../sliding';

export const maxpooling: LayerType<PoolingSettings> = {
  type: 'maxpooling',
  expand: (builder, settings) => pooling(builder, 'max_pooling', settings, []),
};
