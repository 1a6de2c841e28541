import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import type { DataSection } from '../../../core/scheme/types';
import type { DataSet } from '../../../engine/data/dataSet';
import { loadData } from '../../../engine/data/load';
import { encodeNpy } from '../../../engine/data/npy';
import { InputError } from '../../../engine/errors';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

/** The data section of a scheme for two features and three classes, changed as asked. */
export function section(changes: Partial<DataSection> = {}): DataSection {
  return {
    batchSize: 4,
    sampleShape: [2],
    labelDim: 3,
    labelType: 'classification',
    dataOrientation: 'vertical',
    normalize: 'none',
    validationSplit: 0.2,
    augmentation: { flipHorizontal: false, flipVertical: false, shift: 0, rotate: 0 },
    ...changes,
  };
}

/** Loads a file of the given name and content. */
export function load(name: string, content: string | Uint8Array, changes: Partial<DataSection> = {}): Promise<DataSet> {
  return loadData(written(name, content), section(changes));
}

/** A file of that name in a folder of its own. */
export function written(name: string, content: string | Uint8Array): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

export function npz(
  arrays: Record<string, { dims: number[]; values: Float32Array | BigInt64Array | string[] }>,
): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)])));
}

export function classesOf(data: DataSet): number[] {
  assert.equal(data.labels.kind, 'classes');
  return data.labels.kind === 'classes' ? [...data.labels.classes] : [];
}

/** Refused as the user's mistake: the message names place and problem, and what to do about it. */
export async function refused(
  work: Promise<unknown>,
  expected: { place?: string; problem: RegExp; nextStep?: RegExp; file?: RegExp },
): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.problem, expected.problem);
    if (expected.place !== undefined) assert.equal(error.place, expected.place);
    if (expected.file) assert.match(error.file, expected.file);
    assert.match(error.nextStep ?? '', expected.nextStep ?? /./);
    return true;
  });
}
