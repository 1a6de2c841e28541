import { t } from '../../l10n';
import { diagnose } from '../diagnose';
import type { Diagnostic } from '../diagnostics';
import type { SchemeDocument } from '../document';
import { changeValue, remove } from '../fixes';
import { headPlaceOf, placeOf } from '../places';
import type { Training } from '../read';
import { nodeAt } from '../tree';
import type { DataSection, LabelType, Loss, OptimizerType } from '../types';
import { eitherOf, quoted } from '../wording';

/** Settings of the training that do not go together, or that are probably not meant. */
export function checkTraining(
  document: SchemeDocument,
  training: Training,
  data: DataSection | undefined,
): Diagnostic[] {
  return [...learningRate(document, training), ...(data ? lossFits(document, training.loss, data.labelType) : [])];
}

/**
 * Where rates lie that people train with: a power of ten around the defaults of PyTorch, wider below, since schedules and
 * fine-tuning go there (Bengio 2012, "Practical recommendations", for the upper ends).
 */
const usualRates: Readonly<Record<OptimizerType, readonly [number, number]>> = {
  adam: [1e-5, 0.01],
  adamw: [1e-5, 0.01],
  rmsprop: [1e-5, 0.01],
  sgd: [1e-4, 1],
  momentum: [1e-4, 1],
  adagrad: [1e-4, 0.5],
};

function learningRate(document: SchemeDocument, { learningRate: rate, optimizer }: Training): Diagnostic[] {
  const [least, greatest] = usualRates[optimizer.type];
  if (rate >= least && rate <= greatest) return [];
  const path = nodeAt(document.root, ['model', 'learning_rate']) ? ['model', 'learning_rate'] : ['model', 'optimizer'];
  const message = t(
    '{0} is usually trained with a rate from {1} to {2}, not {3}.',
    optimizer.type,
    least,
    greatest,
    rate,
  );
  return [diagnose('scheme/learning-rate-unusual', placeOf(document, path), message)];
}

/** The first is the default. */
const losses: Readonly<Record<LabelType, readonly Loss[]>> = {
  classification: ['cross_entropy'],
  multi_label: ['binary_cross_entropy'],
  regression: ['mean_squared_error', 'mean_absolute_error', 'huber'],
};

function lossFits(document: SchemeDocument, loss: Loss, labelType: LabelType): Diagnostic[] {
  const fitting = losses[labelType];
  if (fitting.includes(loss)) return [];
  const path = ['model', 'loss'];
  const message = t('{0} is no loss for {1}; use {2}.', quoted(loss), quoted(labelType), eitherOf(fitting.map(quoted)));
  const fixes = [...changeValue(document, path, fitting[0]), ...remove(document, path)];
  return [diagnose('scheme/loss-does-not-fit', placeOf(document, path), message, { fixes })];
}

/** A batch that the data cannot fill; how much data there is, is not in the text. */
export function checkBatch(document: SchemeDocument, data: DataSection, trainingSamples: number): Diagnostic[] {
  if (data.batchSize <= trainingSamples) return [];
  const path = ['data', 'batch_size'];
  const place = nodeAt(document.root, path) ? placeOf(document, path) : headPlaceOf(document, ['data']);
  const message = t(
    'A batch of {0} is larger than the data: {1} samples to train with.',
    data.batchSize,
    trainingSamples,
  );
  const fixes = trainingSamples > 0 ? changeValue(document, path, trainingSamples) : [];
  return [diagnose('scheme/batch-larger-than-data', place, message, { fixes })];
}
