import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { DataSection } from '../../core/scheme/types';
import { InputError } from '../errors';
import { formatShape, product, type RawData, type RawLabels } from './dataSet';
import { gunzipped } from './gzip';
import { arrangeSamples, type NumericArray, rowMajorStrides } from './layout';

interface IdxArray {
  readonly dims: readonly number[];
  readonly values: NumericArray;
}

const samplesName = /images?([.-])idx\d|data([.-])idx\d/i;

/** Whether a file's name is that of the samples of an IDX pair: `train-images-idx3-ubyte`, with or without `.gz`. */
export const isIdxSamples = (name: string): boolean => samplesName.test(name);

/** The samples' files of the IDX pairs in a folder. */
export async function findIdxPairs(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter(isIdxSamples)
    .sort()
    .map((name) => path.join(folder, name));
}

/** Reads a pair of IDX files (http://yann.lecun.com/exdb/mnist/), given the samples' file; the labels' stands beside it. Throws `InputError`. */
export async function readIdx(file: string, section: DataSection): Promise<RawData> {
  const samples = await readArray(file);
  const labelsFile = await findLabels(file);
  const labels = await readArray(labelsFile);
  const count = samples.dims[0]!;
  if (labels.dims[0] !== count) {
    throw new InputError({
      file: labelsFile,
      problem: t('The numbers of labels ({0}) and samples ({1}) differ.', labels.dims[0]!, count),
      nextStep: t('Take both files from the same place.'),
    });
  }
  const view = { values: samples.values, dims: samples.dims, strides: rowMajorStrides(samples.dims) };
  const values = arrangeSamples(view, section.sampleShape);
  if (!values) {
    throw new InputError({
      file,
      problem: t(
        'A sample has the shape {0}; the scheme says {1}.',
        formatShape(samples.dims.slice(1)),
        formatShape(section.sampleShape),
      ),
      nextStep: t('Change data.image_size or data.input_size.'),
    });
  }
  return {
    count,
    values,
    labels: rawLabels(labels),
    ids: Array.from({ length: count }, (_, i) => String(i)),
    place: (i) => t('index {0}', i),
  };
}

/** The labels alone, given the samples' file. Throws `InputError`. */
export async function readIdxLabels(file: string): Promise<RawLabels> {
  return rawLabels(await readArray(await findLabels(file)));
}

function rawLabels({ dims, values }: IdxArray): RawLabels {
  return { kind: 'numbers', values: Float64Array.from(values), columns: product(dims.slice(1)) };
}

async function findLabels(file: string): Promise<string> {
  const folder = path.dirname(file);
  const prefix = path.basename(file).replace(/(images?|data)([.-])idx\d.*$/i, '');
  const names = await readdir(folder);
  const labels = names.find((name) => name.startsWith(prefix) && /^labels?[.-]idx\d/i.test(name.slice(prefix.length)));
  if (labels) return path.join(folder, labels);
  throw new InputError({
    file,
    problem: t('The labels are not beside it.'),
    nextStep: t('Put the labels into the same folder, named {0} for example.', `${prefix}labels-idx1-ubyte`),
  });
}

/** Type code to bytes per value and reader; all big-endian. */
const types: Readonly<Record<number, { size: number; read: (data: Buffer) => NumericArray }>> = {
  8: { size: 1, read: (data) => new Uint8Array(data.buffer, data.byteOffset, data.length) },
  9: { size: 1, read: (data) => new Int8Array(data.buffer, data.byteOffset, data.length) },
  11: { size: 2, read: (data) => Int16Array.from({ length: data.length / 2 }, (_, i) => data.readInt16BE(i * 2)) },
  12: { size: 4, read: (data) => Int32Array.from({ length: data.length / 4 }, (_, i) => data.readInt32BE(i * 4)) },
  13: { size: 4, read: (data) => Float32Array.from({ length: data.length / 4 }, (_, i) => data.readFloatBE(i * 4)) },
  14: { size: 8, read: (data) => Float64Array.from({ length: data.length / 8 }, (_, i) => data.readDoubleBE(i * 8)) },
};

async function readArray(file: string): Promise<IdxArray> {
  const bytes = await gunzipped(file, await readFile(file));
  const type = types[bytes[2] ?? 0];
  const rank = bytes[3] ?? 0;
  const start = 4 + rank * 4;
  if (bytes[0] !== 0 || bytes[1] !== 0 || !type || rank === 0) throw notIdx(file);
  const dims = Array.from({ length: rank }, (_, axis) =>
    4 + axis * 4 + 4 <= bytes.length ? bytes.readUInt32BE(4 + axis * 4) : 0,
  );
  const expected = product(dims) * type.size;
  if (bytes.length < start + expected) {
    throw new InputError({
      file,
      place: t('byte {0}', bytes.length),
      problem: t('The file ends after {0} of {1} bytes.', bytes.length, start + expected),
      nextStep: t('It is truncated; copy or download it again.'),
    });
  }
  return { dims, values: type.read(bytes.subarray(start, start + expected)) };
}

const notIdx = (file: string): InputError =>
  new InputError({
    file,
    place: t('byte {0}', 0),
    problem: t('This is no IDX file.'),
    nextStep: t('Check data.data_path; the file may be damaged.'),
  });
