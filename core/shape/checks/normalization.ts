import { t } from '../../l10n';
import { marked } from '../../scheme/columns';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { setKey } from '../../scheme/fixes';
import type { Dropout, Operation } from '../network';
import { hasBias, placesWith, Trait } from '../tally';
import { type CheckContext, layerKeyPlace } from './context';
import { Neighbours, type PlacedOperation } from './neighbours';

/** What stands next to a batch normalization and does not go with it. */
export function besideBatchNormalization(context: CheckContext): Diagnostic[] {
  const neighbours = new Neighbours(context);
  const dropouts = placesWith(context.tally, Trait.dropsMuch);
  const biases = biasedPlaces(context);
  return [
    ...dropouts.flatMap((index) => strongDropouts(context, index, neighbours)),
    ...biases.flatMap((index) => biasesBefore(context, index, neighbours)),
  ];
}

function operationsOf({ layers }: CheckContext, index: number): readonly Operation[] {
  return layers[index]!.networkLayer!.operations;
}

function strongDropouts(context: CheckContext, index: number, neighbours: Neighbours): Diagnostic[] {
  return operationsOf(context, index).flatMap((operation) =>
    operation.kind === 'dropout' ? strongDropout(context, operation, { operation, index }, neighbours) : [],
  );
}

/** Only where the bias is asked for: the default has one, so that a layer means the same with and without a tail. */
function biasedPlaces({ biased, tally }: CheckContext): number[] {
  return marked(biased).filter((index) => (tally.traits[index]! & Trait.hasBias) !== 0);
}

function biasesBefore(context: CheckContext, index: number, neighbours: Neighbours): Diagnostic[] {
  return operationsOf(context, index).flatMap((operation) =>
    hasBias(operation) ? biasBefore(context, { operation, index }, neighbours) : [],
  );
}

/** Li et al. 2019, "Understanding the disharmony between dropout and batch normalization by variance shift". */
function strongDropout(
  context: CheckContext,
  dropout: Dropout,
  placed: PlacedOperation,
  neighbours: Neighbours,
): Diagnostic[] {
  const isOnFeatureMaps = dropout.outputShape.length > 1;
  if (dropout.rate < 0.5 || !isOnFeatureMaps) return [];
  const previous = beyond(placed, (from) => neighbours.before(from));
  const next = beyond(placed, (from) => neighbours.after(from));
  if (previous?.kind !== 'batch_normalization' && next?.kind !== 'batch_normalization') return [];
  const { index } = placed;
  const key = context.entries.at(index).type === 'dropout' ? 'rate' : 'dropout';
  const kept = Number((1 - dropout.rate).toFixed(6));
  const advice = t(
    'Dropping {0} of the values beside a batch normalization disturbs its statistics. Drop less, or only before the head.',
    dropout.rate,
  );
  const isMixedUp = kept > 0 && kept < 0.5;
  const message = isMixedUp ? `${advice} ${t('Was {0} meant, the share that is kept?', kept)}` : advice;
  const { path, type } = context.entries.at(index);
  // A block has no dropout of its own: which of its layers is meant, is left to the reader.
  const fixes = isMixedUp && type !== 'block' ? setKey(context.document, path, key, kept) : [];
  const place = layerKeyPlace(context, index, [key]);
  return [diagnose('scheme/dropout-near-batch-normalization', place, message, { fixes })];
}

const passing: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>([
  'activation',
  'max_pooling',
  'average_pooling',
]);

/** The nearest operation in a direction that is more than an activation or a pooling. */
function beyond(
  start: PlacedOperation,
  step: (from: PlacedOperation) => PlacedOperation | undefined,
): Operation | undefined {
  let current = step(start);
  while (current && passing.has(current.operation.kind)) current = step(current);
  return current?.operation;
}

function biasBefore(context: CheckContext, placed: PlacedOperation, neighbours: Neighbours): Diagnostic[] {
  const { path } = context.entries.at(placed.index);
  if (neighbours.after(placed)?.operation.kind !== 'batch_normalization') return [];
  const message = t('The batch normalization takes the bias away again. Leave it out with {0}.', '"use_bias": false');
  const fixes = setKey(context.document, path, 'use_bias', false);
  const place = layerKeyPlace(context, placed.index, ['use_bias']);
  return [diagnose('scheme/bias-before-batch-normalization', place, message, { fixes })];
}
