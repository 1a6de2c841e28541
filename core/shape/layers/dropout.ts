import type { LayerType } from '../layerType';
import { dropout as drop } from '../operations';

export const dropout: LayerType<{ readonly rate: number }> = {
  type: 'dropout',
  expand: (builder, settings) => drop(builder, settings.rate),
};
