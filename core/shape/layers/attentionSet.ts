import type { LayerType } from '../layerType';
import { dropout } from '../operations';
import { attention } from '../sequence';

interface AttentionSettings {
  readonly heads: number;
  readonly key_dimension?: number;
  readonly dropout: number;
}

export const attentionSet: LayerType<AttentionSettings> = {
  type: 'attention_set',
  expand(builder, settings) {
    attention(builder, settings.heads, settings.key_dimension);
    if (settings.dropout > 0) dropout(builder, settings.dropout);
  },
};
