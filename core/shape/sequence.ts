import { t } from '../l10n';
import type { LayerBuilder } from './builder';
import type { Recurrent } from './network';
import { attentionParameters, embeddingParameters, recurrentParameters, weightAndBias } from './parameters';
import { shapeList } from './shapes';
import { hasRank } from './sliding';

/** The steps along a sequence: `[length]` token ids, or `[length, channels]`. */

/** Token ids to rows of a table; only the data can be token ids. */
export function embedding(builder: LayerBuilder, dimension: number): void {
  const { shape, inputs } = builder;
  const { vocabulary, name } = inputs[0]!;
  if (vocabulary === undefined) {
    const message = t(
      'An embedding takes token ids, but {0} gives {1} numbers. Token ids are data with {2} and {3}.',
      `"${name}"`,
      shapeList(shape),
      '"input_size": [length]',
      '"vocabulary"',
    );
    builder.fail({ code: 'scheme/shape-mismatch', message });
    return;
  }
  const parameters = embeddingParameters(builder.idOf('embedding'), vocabulary, dimension);
  builder.append('embedding', { kind: 'embedding', vocabulary, outputShape: [...shape, dimension], parameters });
}

const gatesOf: Readonly<Record<Recurrent['kind'], number>> = { lstm: 4, gru: 3 };

export interface RecurrentSettings {
  readonly unit: number;
  readonly bidirectional: boolean;
  readonly return_sequences: boolean;
}

export function recurrent(builder: LayerBuilder, kind: Recurrent['kind'], settings: RecurrentSettings): void {
  if (!hasRank(builder, 2)) return;
  const [length, features] = builder.shape as [number, number];
  const { unit: units, bidirectional, return_sequences: returnSequences } = settings;
  const directions = bidirectional ? 2 : 1;
  const gates = gatesOf[kind];
  builder.append(kind, {
    kind,
    units,
    bidirectional,
    returnSequences,
    outputShape: returnSequences ? [length, directions * units] : [directions * units],
    parameters: recurrentParameters(builder.idOf(kind), directions, gates, units, features),
    macs: length * directions * gates * units * (features + units),
  });
}

/** The channels of the input divided by the heads are the key dimension where none is given. */
export function attention(builder: LayerBuilder, heads: number, keyDimension?: number): void {
  if (!hasRank(builder, 2)) return;
  const [length, channels] = builder.shape as [number, number];
  if (keyDimension === undefined && channels % heads !== 0) {
    const message = t(
      '{0} heads do not divide {1} channels evenly. Choose a divisor, or give a key dimension.',
      heads,
      channels,
    );
    builder.fail({ code: 'scheme/heads-do-not-divide', message, key: ['heads'] });
    return;
  }
  const width = heads * (keyDimension ?? channels / heads);
  builder.append('attention', {
    kind: 'attention',
    heads,
    keyDimension: width / heads,
    outputShape: builder.shape,
    parameters: attentionParameters(builder.idOf('attention'), channels, width),
    macs: length * (4 * channels * width + 2 * length * width),
  });
}

/** A dense layer at every position. */
export function densePerPosition(builder: LayerBuilder, units: number, step: string): void {
  const [length, features] = builder.shape as [number, number];
  builder.append(step, {
    kind: 'dense_per_position',
    units,
    useBias: true,
    outputShape: [length, units],
    parameters: weightAndBias(builder.idOf(step), [units, features], features, units, true),
    macs: length * units * features,
  });
}
