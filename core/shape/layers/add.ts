import type { LayerType } from '../layerType';
import { merge } from '../operations';

export const add: LayerType = {
  type: 'add',
  expand: (builder) => merge(builder, 'add'),
};
