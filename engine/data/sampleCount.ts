import { opendir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataSection } from '../../core/scheme/types';
import { csvRecords } from './csvRecords';
import type { RawLabels } from './dataSet';
import { findIdxPairs, isIdxSamples, readIdxLabels } from './idx';
import { readNpzLabels } from './npz';
import { trainingSize } from './split';

/** More than any batch holds. */
const mostSamples = 100_000;

/** What is read within a fraction of a second. */
const mostBytes = 16 * 2 ** 20;

/** Links may lead in circles. */
const mostLevels = 16;

/**
 * How many samples the data that a scheme names leaves for training, without reading the samples: images are counted, of
 * arrays the labels are read, of a table the lines. Nothing where that cannot be told in a moment, because the data is large,
 * or cannot be read.
 */
export async function countTrainingSamples(file: string, section: DataSection): Promise<number | undefined> {
  try {
    const sizes = await groupSizes(file, section);
    if (sizes === undefined) return undefined;
    const ownValidation = section.validationPath !== undefined;
    return ownValidation ? sizes.reduce((sum, size) => sum + size, 0) : trainingSize(sizes, section.validationSplit);
  } catch {
    // Whatever is wrong with the data, a run says so with its place.
    return undefined;
  }
}

/** Samples of each class; of all together where there are no classes. */
async function groupSizes(file: string, section: DataSection): Promise<readonly number[] | undefined> {
  const info = await stat(file);
  if (info.isDirectory()) return folderSizes(file, section);
  if (/\.npz$/i.test(file))
    return info.size > mostBytes ? undefined : sizesOf(await readNpzLabels(file, section), section);
  if (/\.csv(\.gz)?$/i.test(file)) return info.size > mostBytes ? undefined : tableSizes(file, section);
  return isIdxSamples(file) ? sizesOf(await readIdxLabels(file), section) : undefined;
}

async function folderSizes(folder: string, section: DataSection): Promise<readonly number[] | undefined> {
  const pairs = await findIdxPairs(folder);
  if (pairs.length > 0) return pairs.length === 1 ? sizesOf(await readIdxLabels(pairs[0]!), section) : undefined;
  const entries = await readdir(folder, { withFileTypes: true });
  const classes = entries.filter(({ name }) => !name.startsWith('.')).filter((entry) => !entry.isFile());
  const sizes: number[] = [];
  let left = mostSamples;
  for (const { name } of classes) {
    const size = await imagesBelow(path.join(folder, name), left, mostLevels);
    sizes.push(size);
    left -= size;
    if (left <= 0) return undefined;
  }
  return sizes;
}

/** Images below a folder, counted up to `most`. */
async function imagesBelow(folder: string, most: number, levels: number): Promise<number> {
  let count = 0;
  for await (const entry of await opendir(folder, { bufferSize: 1000 })) {
    if (entry.name.startsWith('.')) continue;
    const inner = path.join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(inner) : entry;
    if (kind.isDirectory() && levels > 0) count += await imagesBelow(inner, most - count, levels - 1);
    else if (kind.isFile() && /\.(png|jpe?g)$/i.test(entry.name)) count++;
    if (count >= most) break;
  }
  return count;
}

/** Rows of a table; by class the label column decides. */
async function tableSizes(file: string, section: DataSection): Promise<readonly number[] | undefined> {
  const counts = new Map<string, number>();
  let column: number | undefined;
  let count = 0;
  for await (const { fields } of csvRecords(file)) {
    if (column === undefined) {
      column = section.labelColumn === undefined ? fields.length - 1 : fields.indexOf(section.labelColumn);
      continue;
    }
    const label = fields[column]?.trim() ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
    if (++count > mostSamples) return undefined;
  }
  return section.labelType === 'classification' ? [...counts.values()] : [count];
}

function sizesOf(labels: RawLabels, { labelType }: DataSection): readonly number[] {
  const columns = labels.kind === 'text' ? 1 : labels.columns;
  const count = labels.values.length / columns;
  if (labelType !== 'classification') return [count];
  const counts = new Map<string, number>();
  for (let sample = 0; sample < count; sample++) {
    const label = labels.values.slice(sample * columns, (sample + 1) * columns).join();
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts.values()];
}
