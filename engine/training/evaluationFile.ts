import path from 'node:path';
import { zipSync } from 'fflate';
import { t } from '../../core/l10n';
import type { Evaluation } from '../../core/report/evaluation';
import type { LabelType } from '../../core/scheme/types';
import { toFloat64 } from '../data/layout';
import { encodeNpy, type NpyArray } from '../data/npy';
import { readNpzArrays } from '../data/npz';
import { errorCode, InputError } from '../errors';
import { writeFileAtomically } from '../files';
import { BatchMaker, type Part } from './batches';
import type { Learner } from './learner';

/**
 * Writes `evaluation.npz` into the run's folder: `truth` (int64 `[n]`, or float32 `[n, label_dim]`), `prediction` (float32
 * `[n, label_dim]`: probabilities, or values), `sample` (a stable id for each row) and `classes` (the names, for classification),
 * with the weights as they stand. False when `goOn` said no before the end; then nothing is written.
 */
export async function writeEvaluation(
  folder: string,
  learner: Learner,
  part: Part,
  batchSize: number,
  goOn: () => boolean,
): Promise<boolean> {
  const predictions = await predict(learner, part, batchSize, goOn);
  if (!predictions) return false;
  const count = part.samples.length;
  const files = {
    'truth.npy': encodeNpy(truthOf(part)),
    'prediction.npy': encodeNpy({ dims: [count, count === 0 ? 0 : predictions.length / count], values: predictions }),
    'sample.npy': encodeNpy({ dims: [count], values: Array.from(part.samples, (sample) => part.data.ids[sample]!) }),
    ...classNames(part),
  };
  // A fixed time makes equal evaluations equal files.
  await writeFileAtomically(
    path.join(folder, 'evaluation.npz'),
    zipSync(files, { level: 0, mtime: new Date(2000, 0, 1) }),
  );
  return true;
}

async function predict(
  learner: Learner,
  { data, samples }: Part,
  batchSize: number,
  goOn: () => boolean,
): Promise<Float32Array | undefined> {
  const batches = new BatchMaker(data, learner.training, batchSize);
  const pieces: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += batchSize) {
    if (!goOn()) return undefined;
    const { prediction } = await learner.evaluate(batches.make(samples.subarray(at, at + batchSize)));
    pieces.push(prediction.slice());
  }
  const all = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  pieces.reduce((at, piece) => {
    all.set(piece, at);
    return at + piece.length;
  }, 0);
  return all;
}

function truthOf({ data: { labels }, samples }: Part): { dims: number[]; values: Float32Array | BigInt64Array } {
  if (labels.kind === 'classes') {
    return { dims: [samples.length], values: BigInt64Array.from(samples, (sample) => BigInt(labels.classes[sample]!)) };
  }
  const { columns, values } = labels;
  const rows = Float32Array.from(
    { length: samples.length * columns },
    (_, i) => values[samples[Math.floor(i / columns)]! * columns + (i % columns)]!,
  );
  return { dims: [samples.length, columns], values: rows };
}

function classNames({ data: { labels } }: Part): Record<string, Uint8Array> {
  if (labels.kind !== 'classes') return {};
  return { 'classes.npy': encodeNpy({ dims: [labels.names.length], values: labels.names }) };
}

/** Reads `evaluation.npz`, of whatever trainer; undefined when there is none. Throws `InputError` when it is damaged or does not fit together. */
export async function readEvaluation(file: string, labelType: LabelType): Promise<Evaluation | undefined> {
  try {
    const { truth, prediction, sample, classes } = await readNpzArrays(
      file,
      ['truth', 'prediction', 'sample'],
      ['classes'],
    );
    const samples = sample!.kind === 'text' ? sample!.values : Array.from(toFloat64(sample!), String);
    const [rows = 0, outputs = 1] = prediction!.dims;
    if (rows !== samples.length || (truth!.dims[0] ?? 0) !== rows) throw unequalLengths(file);
    return {
      labelType,
      truth: numbersOf(file, 'truth', truth!),
      prediction: numbersOf(file, 'prediction', prediction!),
      outputs,
      samples,
      ...(classes?.kind === 'text' && { classes: classes.values }),
    };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === undefined) throw error;
    throw new InputError({ file, problem: t('It cannot be read ({0}).', code), nextStep: t('Check its permissions.') });
  }
}

function numbersOf(file: string, place: string, array: NpyArray): Float64Array {
  if (array.kind === 'numbers') return toFloat64(array);
  throw new InputError({ file, place, problem: t('The array is text.'), nextStep: t('Write it with numbers.') });
}

const unequalLengths = (file: string): InputError =>
  new InputError({
    file,
    problem: t('"truth", "prediction" and "sample" have different lengths.'),
    nextStep: t('Write one row per validation sample into each.'),
  });
