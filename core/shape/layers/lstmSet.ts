import type { LayerType } from '../layerType';
import { dropout } from '../operations';
import { type RecurrentSettings, recurrent } from '../sequence';

export const lstmSet: LayerType<RecurrentSettings & { readonly dropout: number }> = {
  type: 'lstm_set',
  expand(builder, settings) {
    recurrent(builder, 'lstm', settings);
    if (settings.dropout > 0) dropout(builder, settings.dropout);
  },
};
