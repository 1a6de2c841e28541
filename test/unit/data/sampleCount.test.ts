import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataSection } from '../../../core/scheme/types';
import { loadData } from '../../../engine/data/load';
import { countTrainingSamples } from '../../../engine/data/sampleCount';
import { splitSamples } from '../../../engine/data/split';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { npz, section, written } from './fixtures';

/** The number that a run would train with. */
async function trainedWith(file: string, data: DataSection): Promise<number> {
  const { labels, count } = await loadData(file, data);
  return splitSamples(labels, count, data.validationSplit, 0).training.length;
}

const rows = (count: number, label: (row: number) => string | number) =>
  Array.from({ length: count }, (_, row) => `${row},${row},${label(row)}`);

function imageFolder(counts: Readonly<Record<string, number>>): string {
  const folder = path.join(temporaryFolder(), 'images');
  for (const [name, count] of Object.entries(counts)) {
    mkdirSync(path.join(folder, name, 'deeper'), { recursive: true });
    for (let image = 0; image < count; image++) writeFileSync(path.join(folder, name, 'deeper', `${image}.png`), '');
    writeFileSync(path.join(folder, name, 'notes.txt'), '');
    writeFileSync(path.join(folder, name, '.hidden.png'), '');
  }
  return folder;
}

describe('samples to train with, counted without reading them', () => {
  it('are as many as a run takes: a table by its label column', async () => {
    const file = written('table.csv', ['a,b,kind', ...rows(17, (row) => row % 3)].join('\n'));
    assert.equal(await countTrainingSamples(file, section()), await trainedWith(file, section()));
    const named = written('named.csv', ['kind,a,b', ...rows(9, (row) => row)].map((row) => row).join('\n'));
    const first = section({ labelColumn: 'kind', labelDim: 9 });
    assert.equal(await countTrainingSamples(named, first), await trainedWith(named, first));
  });

  it('of values that are no classes, all together', async () => {
    const file = written('table.csv', ['a,b,y', ...rows(11, (row) => row / 7)].join('\n'));
    const regression = section({ labelType: 'regression', labelDim: 1 });
    assert.equal(await countTrainingSamples(file, regression), await trainedWith(file, regression));
  });

  it('of arrays by their labels, also where these are rows of zeros and a one', async () => {
    const x = { dims: [7, 2], values: new Float32Array(14) };
    const numbers = { dims: [7], values: BigInt64Array.from([0n, 0n, 0n, 0n, 1n, 1n, 2n]) };
    const plain = written('plain.npz', npz({ x, y: numbers }));
    assert.equal(await countTrainingSamples(plain, section()), await trainedWith(plain, section()));
    const oneHot = Float32Array.from([0, 0, 0, 0, 1, 1, 2].flatMap((at) => [0, 1, 2].map((i) => Number(i === at))));
    const rowsOfOnes = written('rows.npz', npz({ x, y: { dims: [7, 3], values: oneHot } }));
    assert.equal(await countTrainingSamples(rowsOfOnes, section()), await trainedWith(rowsOfOnes, section()));
  });

  it('of a folder by its images, without what is no image or hidden', async () => {
    const folder = imageFolder({ one: 10, two: 5, three: 1 });
    assert.equal(await countTrainingSamples(folder, section()), 8 + 4 + 1);
    assert.equal(await countTrainingSamples(folder, section({ validationPath: 'other' })), 16);
  });

  it('are unknown where the data is not there or cannot be read', async () => {
    assert.equal(await countTrainingSamples('/nowhere/data.csv', section()), undefined);
    assert.equal(await countTrainingSamples(written('broken.npz', 'no archive'), section()), undefined);
    assert.equal(await countTrainingSamples(written('open.csv', 'a,b\n1,"2'), section()), undefined);
    assert.equal(await countTrainingSamples(written('data.parquet', 'PAR1'), section()), undefined);
  });
});
