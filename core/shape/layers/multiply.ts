import type { LayerType } from '../layerType';
import { merge } from '../operations';

export const multiply: LayerType = {
  type: 'multiply',
  expand: (builder) => merge(builder, 'multiply'),
};
