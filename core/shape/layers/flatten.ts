import type { LayerType } from '../layerType';
import { flatten as flattenAll } from '../operations';

export const flatten: LayerType = {
  type: 'flatten',
  expand: (builder) => flattenAll(builder),
};
