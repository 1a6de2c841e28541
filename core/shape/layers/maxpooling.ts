import type { LayerType } from '../layerType';
import { type AnyPoolingSettings, poolingOfAnyRank } from '../sliding';

export const maxpooling: LayerType<AnyPoolingSettings> = {
  type: 'maxpooling',
  expand: (builder, settings) => poolingOfAnyRank(builder, 'max_pooling', settings),
};
