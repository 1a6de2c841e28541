import { t } from '../../core/l10n';
import type { DataSection } from '../../core/scheme/types';
import { InputError } from '../errors';
import { formatShape, type RawData, type RawLabels } from './dataSet';
import { type ArrayView, arrangeSamples, samplesFirst, toFloat64 } from './layout';
import { type NpyArray, NpyError, parseNpy } from './npy';
import { ZipArchive } from './zip';

/** Reads `x` and `y` of an `.npz` file. Throws `InputError`. */
export async function readNpz(file: string, section: DataSection): Promise<RawData> {
  const { x, y } = await readNpzArrays(file, ['x', 'y']);
  const samples = samplesFirst(numbers(file, 'x', x!), section.dataOrientation);
  const count = samples.dims[0] ?? 0;
  const values = arrangeSamples(samples, section.sampleShape);
  if (!values) throw wrongShape(file, samples.dims, section);
  const labels = toLabels(file, y!, section, count);
  return {
    count,
    values,
    labels,
    ids: Array.from({ length: count }, (_, i) => String(i)),
    place: (i) => t('index {0}', i),
  };
}

/** The labels alone. Throws `InputError`. */
export async function readNpzLabels(file: string, section: DataSection): Promise<RawLabels> {
  const { y } = await readNpzArrays(file, ['y']);
  return rawLabels(y!, section);
}

/** The named arrays of an `.npz` file, and those of `optional` that it has. Throws `InputError` when one is missing or unreadable. */
export async function readNpzArrays(
  file: string,
  names: readonly string[],
  optional: readonly string[] = [],
): Promise<Record<string, NpyArray>> {
  const archive = await ZipArchive.open(file);
  try {
    const present = optional.filter((name) => archive.entries.some((entry) => entry.name === `${name}.npy`));
    const arrays: Record<string, NpyArray> = {};
    for (const name of [...names, ...present]) arrays[name] = await readArray(archive, name);
    return arrays;
  } finally {
    await archive.close();
  }
}

async function readArray(archive: ZipArchive, name: string): Promise<NpyArray> {
  const entry = archive.entries.find((candidate) => candidate.name === `${name}.npy`);
  if (!entry) throw missing(archive, name);
  try {
    return parseNpy(await archive.read(entry));
  } catch (error) {
    if (!(error instanceof NpyError)) throw error;
    const place = t('{0}, byte {1}', entry.name, error.offset);
    throw new InputError({
      file: archive.file,
      place,
      problem: error.problem,
      ...(error.nextStep && { nextStep: error.nextStep }),
    });
  }
}

function missing(archive: ZipArchive, name: string): InputError {
  const present = archive.entries.map((entry) => entry.name.replace(/\.npy$/, '')).slice(0, 10);
  return new InputError({
    file: archive.file,
    problem: t('It holds no array "{0}", only: {1}.', name, present.join(', ') || t('nothing')),
    nextStep: t('Write it with numpy.savez(file, x=samples, y=labels).'),
  });
}

function numbers(file: string, name: string, array: NpyArray): ArrayView {
  if (array.kind === 'numbers') return array;
  throw new InputError({
    file,
    place: name,
    problem: t('The samples are text.'),
    nextStep: t('Save them as numbers.'),
  });
}

function wrongShape(file: string, dims: readonly number[], { sampleShape, dataOrientation }: DataSection): InputError {
  return new InputError({
    file,
    place: 'x',
    problem: t(
      'A sample has the shape {0}; the scheme says {1}.',
      formatShape(dims.slice(1)),
      formatShape(sampleShape),
    ),
    nextStep:
      dataOrientation === 'vertical'
        ? t(
            'Change data.image_size or data.input_size; if the last axis counts the samples, set data.data_orientation to "horizontal".',
          )
        : t(
            'Change data.image_size or data.input_size; if the first axis counts the samples, set data.data_orientation to "vertical".',
          ),
  });
}

function toLabels(file: string, y: NpyArray, section: DataSection, count: number): RawLabels {
  const dims = y.kind === 'text' ? y.dims : samplesFirst(y, section.dataOrientation).dims;
  if ((dims[0] ?? 0) !== count) {
    throw new InputError({
      file,
      place: 'y',
      problem: t('The numbers of labels ({0}) and samples ({1}) differ.', dims[0] ?? 0, count),
      nextStep: t('Every sample needs one label; data.data_orientation says which axis counts the samples.'),
    });
  }
  return rawLabels(y, section);
}

function rawLabels(y: NpyArray, section: DataSection): RawLabels {
  if (y.kind === 'text') return { kind: 'text', values: y.values };
  const view = samplesFirst(y, section.dataOrientation);
  const columns = view.dims.slice(1).reduce((size, n) => size * n, 1);
  return { kind: 'numbers', values: toFloat64(view), columns };
}
