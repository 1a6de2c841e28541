import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic } from '../../scheme/diagnostics';
import { nodeAt } from '../../scheme/document';
import { setKey } from '../../scheme/fixes';
import { consumersOf } from '../initializers';
import type { Dropout, Operation } from '../network';
import { type CheckContext, layerKeyPlace, operationsById } from './context';

/** What stands next to a batch normalization and does not go with it. */
export function besideBatchNormalization(context: CheckContext): Diagnostic[] {
  const byId = operationsById(context);
  const consumers = consumersOf([...byId.values()].map(({ operation }) => operation));
  return [...byId.values()].flatMap(({ operation, index }) => {
    const before = (id: string) => byId.get(id)?.operation;
    const after = (id: string) => consumers.get(id)?.[0];
    if (operation.kind === 'dropout') return strongDropout(context, operation, index, before, after);
    if (after(operation.id)?.kind === 'batch_normalization') return biasBefore(context, operation, index);
    return [];
  });
}

type Neighbour = (id: string) => Operation | undefined;

/** Li et al. 2019, "Understanding the disharmony between dropout and batch normalization by variance shift". */
function strongDropout(
  context: CheckContext,
  dropout: Dropout,
  index: number,
  before: Neighbour,
  after: Neighbour,
): Diagnostic[] {
  const isOnFeatureMaps = dropout.outputShape.length > 1;
  if (dropout.rate < 0.5 || !isOnFeatureMaps) return [];
  const previous = beyond(dropout, (operation) => before(operation.inputs[0]!));
  const next = beyond(dropout, (operation) => after(operation.id));
  if (previous?.kind !== 'batch_normalization' && next?.kind !== 'batch_normalization') return [];
  const key = context.entries[index]!.type === 'dropout' ? 'rate' : 'dropout';
  const kept = Number((1 - dropout.rate).toFixed(6));
  const advice = t(
    'Dropping {0} of the values beside a batch normalization disturbs its statistics. Drop less, or only before the head.',
    dropout.rate,
  );
  const isMixedUp = kept > 0 && kept < 0.5;
  const message = isMixedUp ? `${advice} ${t('Was {0} meant, the share that is kept?', kept)}` : advice;
  const fixes = isMixedUp ? setKey(context.document, context.entries[index]!.path, key, kept) : [];
  const place = layerKeyPlace(context, index, [key]);
  return [diagnose('scheme/dropout-near-batch-normalization', place, message, { fixes })];
}

/** The nearest operation in a direction that is more than an activation or a pooling. */
function beyond(start: Operation, step: (operation: Operation) => Operation | undefined): Operation | undefined {
  const passing: readonly Operation['kind'][] = ['activation', 'max_pooling', 'average_pooling'];
  let current = step(start);
  while (current && passing.includes(current.kind)) current = step(current);
  return current;
}

/** Only where the bias is asked for: the default has one, so that a layer means the same with and without a tail. */
function biasBefore(context: CheckContext, operation: Operation, index: number): Diagnostic[] {
  const hasBias = (operation.kind === 'convolution' || operation.kind === 'dense') && operation.useBias;
  const { path } = context.entries[index]!;
  if (!hasBias || !nodeAt(context.document.root, [...path, 'use_bias'])) return [];
  const message = t('The batch normalization takes the bias away again. Leave it out with {0}.', '"use_bias": false');
  const fixes = setKey(context.document, path, 'use_bias', false);
  const place = layerKeyPlace(context, index, ['use_bias']);
  return [diagnose('scheme/bias-before-batch-normalization', place, message, { fixes })];
}
