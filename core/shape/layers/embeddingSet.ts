import type { LayerType } from '../layerType';
import { dropout } from '../operations';
import { embedding } from '../sequence';

export const embeddingSet: LayerType<{ readonly dimension: number; readonly dropout: number }> = {
  type: 'embedding_set',
  expand(builder, settings) {
    embedding(builder, settings.dimension);
    if (settings.dropout > 0) dropout(builder, settings.dropout);
  },
};
