import type { LayerType } from '../layerType';
import { type AnyPoolingSettings, poolingOfAnyRank } from '../sliding';

export const averagePooling: LayerType<AnyPoolingSettings> = {
  type: 'average_pooling',
  expand: (builder, settings) => poolingOfAnyRank(builder, 'average_pooling', settings),
};
