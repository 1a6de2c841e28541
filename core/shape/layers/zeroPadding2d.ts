import type { LayerType } from '../layerType';
import { zeroPadding } from '../rearranging';

export const zeroPadding2d: LayerType<{ readonly padding: readonly number[] }> = {
  type: 'zero_padding2d',
  expand: (builder, settings) => zeroPadding(builder, settings.padding),
};
