import type { LayerType } from '../layerType';
import { groupNormalization as normalize } from '../operations';

export const groupNormalization: LayerType<{ readonly epsilon: number; readonly groups: number }> = {
  type: 'group_normalization',
  expand: normalize,
};
