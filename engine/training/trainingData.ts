import path from 'node:path';
import type { NormalizationStatistics } from '../../core/compile/normalization';
import { t } from '../../core/l10n';
import type { DataFingerprint } from '../../core/runs/record';
import type { Scheme } from '../../core/scheme/types';
import { fingerprint } from '../data/fingerprint';
import { loadData } from '../data/load';
import { splitSamples } from '../data/split';
import { normalizationStatistics } from '../data/statistics';
import { InputError } from '../errors';
import type { Part } from './batches';

export interface TrainingData {
  readonly training: Part;
  readonly validation: Part;
  readonly normalization: NormalizationStatistics;
  readonly fingerprint: DataFingerprint;
  readonly validationFingerprint?: DataFingerprint;
}

/** Reads and divides the data of a scheme whose relative paths start at `folder`. Throws `InputError`. */
export async function prepareData(scheme: Scheme, folder: string): Promise<TrainingData> {
  const { dataPath = '', validationPath } = scheme.data;
  const file = path.resolve(folder, dataPath);
  const data = await loadData(file, scheme.data);
  const identity = { ...(await fingerprint(file, dataPath)), samples: data.count };
  if (validationPath !== undefined)
    return withOwnValidation(scheme, { data, samples: allOf(data.count) }, identity, folder, validationPath);
  const split = splitSamples(data.labels, data.count, scheme.data.validationSplit, scheme.model.seed);
  if (split.training.length === 0) throw tooFew(file);
  return {
    training: { data, samples: split.training },
    validation: { data, samples: split.validation },
    normalization: normalizationStatistics(data, split.training, scheme.data.normalize),
    fingerprint: identity,
  };
}

async function withOwnValidation(
  scheme: Scheme,
  training: Part,
  identity: DataFingerprint,
  folder: string,
  validationPath: string,
): Promise<TrainingData> {
  const file = path.resolve(folder, validationPath);
  const names = training.data.labels.kind === 'classes' ? training.data.labels.names : undefined;
  const data = await loadData(file, scheme.data, names);
  return {
    training,
    validation: { data, samples: allOf(data.count) },
    normalization: normalizationStatistics(training.data, training.samples, scheme.data.normalize),
    fingerprint: identity,
    validationFingerprint: { ...(await fingerprint(file, validationPath)), samples: data.count },
  };
}

const allOf = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

const tooFew = (file: string): InputError =>
  new InputError({
    file,
    problem: t('There are too few samples to train on.'),
    nextStep: t('Add samples, or set data.validation_path.'),
  });
