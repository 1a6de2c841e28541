import type { LayerType } from '../layerType';
import { reshape as reshapeTo } from '../rearranging';

export const reshape: LayerType<{ readonly shape: readonly number[] }> = {
  type: 'reshape',
  expand: (builder, settings) => reshapeTo(builder, settings.shape),
};
