import type { LayerType } from '../layerType';
import { batchNormalization as normalize } from '../operations';

export const batchNormalization: LayerType<{ readonly epsilon: number; readonly momentum: number }> = {
  type: 'batch_normalization',
  expand: normalize,
};
