import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { t } from '../../core/l10n';
import type { DataSection } from '../../core/scheme/types';
import { errorCode, errorMessage, InputError } from '../errors';
import { readCsv } from './csv';
import { channelsFirst, type DataSet, product, type RawData } from './dataSet';
import { findIdxPairs, isIdxSamples, readIdx } from './idx';
import { readImageFolder } from './imageFolder';
import { interpretLabels } from './labels';
import { readNpz } from './npz';

/**
 * Reads the data that a scheme names into memory: a folder of class folders with PNG or JPEG images, an `.npz` file, a `.csv`
 * or `.csv.gz` file, or a pair of IDX files. `classNames` are those of the training data when this is a validation set of its
 * own. Throws `InputError`, which names the file, the place in it and what to do.
 */
export async function loadData(file: string, section: DataSection, classNames?: readonly string[]): Promise<DataSet> {
  try {
    const raw = await readRaw(file, section);
    if (raw.count === 0)
      throw new InputError({ file, problem: t('There are no samples.'), nextStep: t('Check data.data_path.') });
    const labels = interpretLabels(file, raw, section, classNames);
    checkValues(file, raw, section);
    return {
      count: raw.count,
      values: raw.values,
      sampleDims: channelsFirst(section.sampleShape),
      labels,
      ids: raw.ids,
    };
  } catch (error) {
    throw asInputError(file, error);
  }
}

async function readRaw(file: string, section: DataSection): Promise<RawData> {
  const info = await stat(file);
  if (info.isDirectory()) return readFolder(file, section);
  checkFile(file, info);
  if (/\.npz$/i.test(file)) return readNpz(file, section);
  if (/\.csv(\.gz)?$/i.test(file)) return readCsv(file, section);
  if (isIdxSamples(file)) return readIdx(file, section);
  throw new InputError({
    file,
    problem: t('This kind of file is not read.'),
    nextStep: t(
      'Data is a folder of class folders with PNG or JPEG images, an .npz, a .csv or .csv.gz, or a pair of IDX files.',
    ),
  });
}

async function readFolder(folder: string, section: DataSection): Promise<RawData> {
  const pairs = await findIdxPairs(folder);
  if (pairs.length === 0) return readImageFolder(folder, section);
  if (pairs.length === 1) return readIdx(pairs[0]!, section);
  throw new InputError({
    file: folder,
    problem: t('The folder holds {0} pairs of IDX files.', pairs.length),
    nextStep: t('Set data.data_path to one of {0}, and data.validation_path to the other.', pairs.join(', ')),
  });
}

function checkFile(file: string, info: Stats): void {
  if (!info.isFile()) throw new InputError({ file, problem: t('This is neither a file nor a folder.') });
  if (info.size === 0)
    throw new InputError({ file, problem: t('The file is empty.'), nextStep: t('Check data.data_path.') });
}

/** No value may be infinite or not a number; tokens have to be in the vocabulary. */
function checkValues(file: string, data: RawData, { vocabulary, sampleShape }: DataSection): void {
  const limit = vocabulary ?? Number.POSITIVE_INFINITY;
  const { values } = data;
  if (values instanceof Uint8Array && limit > 255) return;
  const isGood = (value: number): boolean =>
    vocabulary === undefined ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < limit;
  for (let i = 0; i < values.length; i++) {
    if (isGood(values[i]!)) continue;
    throw new InputError({
      file,
      place: data.place(Math.floor(i / product(sampleShape))),
      problem:
        vocabulary === undefined
          ? t('The sample holds the value {0}.', values[i]!)
          : t('The token is {0}; data.vocabulary is {1}.', values[i]!, vocabulary),
      nextStep:
        vocabulary === undefined
          ? t('Replace it by a finite number, or remove the sample.')
          : t('Tokens are whole numbers from 0 to {0}.', vocabulary - 1),
    });
  }
}

function asInputError(file: string, error: unknown): unknown {
  if (error instanceof RangeError) {
    return new InputError({
      file,
      problem: t('The data does not fit into memory ({0}).', errorMessage(error)),
      nextStep: t('Train on a part of it, or on a machine with more memory.'),
    });
  }
  const problems: Readonly<Record<string, string>> = {
    ENOENT: t('There is no such file or folder.'),
    ENOTDIR: t('There is no such file or folder.'),
    EACCES: t('It may not be read.'),
    EPERM: t('It may not be read.'),
    ELOOP: t('Links lead in a circle.'),
  };
  const code = errorCode(error);
  const where = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : file;
  if (code !== undefined && problems[code])
    return new InputError({ file: where, problem: problems[code], nextStep: t('Check data.data_path in the scheme.') });
  return error;
}
