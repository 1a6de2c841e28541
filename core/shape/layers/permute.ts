import type { LayerType } from '../layerType';
import { permute as permuteTo } from '../rearranging';

export const permute: LayerType<{ readonly order: readonly number[] }> = {
  type: 'permute',
  expand: (builder, settings) => permuteTo(builder, settings.order),
};
