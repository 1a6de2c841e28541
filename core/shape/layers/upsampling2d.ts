import type { LayerType } from '../layerType';
import { upsampling } from '../rearranging';

export const upsampling2d: LayerType<{ readonly size: readonly number[] }> = {
  type: 'upsampling2d',
  expand: (builder, settings) => upsampling(builder, settings.size),
};
