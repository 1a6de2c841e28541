import type { LayerType } from '../layerType';
import { dropout } from '../operations';
import { type RecurrentSettings, recurrent } from '../sequence';

export const gruSet: LayerType<RecurrentSettings & { readonly dropout: number }> = {
  type: 'gru_set',
  expand(builder, settings) {
    recurrent(builder, 'gru', settings);
    if (settings.dropout > 0) dropout(builder, settings.dropout);
  },
};
