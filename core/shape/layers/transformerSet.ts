import type { LayerBuilder } from '../builder';
import type { LayerType } from '../layerType';
import { activation, dropout, layerNormalization, merge } from '../operations';
import { attention, densePerPosition } from '../sequence';
import { hasRank } from '../sliding';
import type { Tail } from '../tail';

interface TransformerSettings extends Pick<Tail, 'activation'> {
  readonly heads: number;
  readonly feed_forward: number;
  readonly dropout: number;
  readonly repeat: number;
}

/**
 * The encoder block with the normalization in front of each half (Xiong et al. 2020), so many times over; PyTorch's
 * `TransformerEncoderLayer` with `norm_first=True`.
 */
export const transformerSet: LayerType<TransformerSettings> = {
  type: 'transformer_set',
  expand(builder, settings) {
    if (!hasRank(builder, 2)) return;
    for (let round = 1; round <= settings.repeat && !builder.problem; round++) {
      addTo(builder, `${round}.attention`, settings, (half) => attention(half, settings.heads));
      addTo(builder, `${round}.feed_forward`, settings, (half) => feedForward(half, settings));
    }
  },
};

/** `x + dropout(half(normalized x))` */
function addTo(
  builder: LayerBuilder,
  name: string,
  settings: TransformerSettings,
  half: (builder: LayerBuilder) => void,
): void {
  const input = builder.asInput();
  const branch = builder.part(name, [input]);
  layerNormalization(branch, 1e-5);
  half(branch);
  if (settings.dropout > 0) dropout(branch, settings.dropout);
  builder.join(branch);
  const sum = branch.branch([input, branch.asInput()]);
  merge(sum, 'add');
  builder.join(sum);
}

function feedForward(builder: LayerBuilder, settings: TransformerSettings): void {
  const [, channels] = builder.shape as [number, number];
  densePerPosition(builder, settings.feed_forward, 'expand');
  if (settings.activation.type !== 'linear') activation(builder, settings.activation);
  if (settings.dropout > 0) dropout(builder, settings.dropout, 'inner_dropout');
  densePerPosition(builder, channels, 'contract');
}
