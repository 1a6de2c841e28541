import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadData } from '../../../engine/data/load';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { classesOf, refused, section } from './fixtures';

/** An IDX file: two zeros, type, rank, sizes, values. */
function idx(type: number, dims: readonly number[], values: Buffer): Buffer {
  const header = Buffer.alloc(4 + dims.length * 4);
  header.set([0, 0, type, dims.length]);
  dims.forEach((size, axis) => {
    header.writeUInt32BE(size, 4 + axis * 4);
  });
  return Buffer.concat([header, values]);
}

function folderWith(files: Record<string, Buffer>): string {
  const folder = path.join(temporaryFolder(), 'data');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

const images = idx(8, [2, 2, 1], Buffer.from([1, 2, 254, 255]));
const labels = idx(8, [2], Buffer.from([2, 0]));
const shape = section({ sampleShape: [2, 1, 1] });

describe('IDX files', () => {
  it('a folder with one pair', async () => {
    const data = await loadData(
      folderWith({ 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels }),
      shape,
    );
    assert.deepEqual([...data.values], [1, 2, 254, 255]);
    assert.deepEqual(classesOf(data), [2, 0]);
  });

  it('compressed, with dots, given by the file of the images', async () => {
    const folder = folderWith({
      't10k-images.idx3-ubyte.gz': gzipSync(images),
      't10k-labels.idx1-ubyte.gz': gzipSync(labels),
    });
    assert.deepEqual(classesOf(await loadData(path.join(folder, 't10k-images.idx3-ubyte.gz'), shape)), [2, 0]);
  });

  it('big-endian numbers of other types', async () => {
    const floats = Buffer.alloc(16);
    [0.5, -1, 2, 1e6].forEach((value, i) => {
      floats.writeFloatBE(value, i * 4);
    });
    const data = await loadData(
      folderWith({ 'train-images-idx3-ubyte': idx(13, [2, 2, 1], floats), 'train-labels-idx1-ubyte': labels }),
      shape,
    );
    assert.deepEqual([...data.values], [0.5, -1, 2, 1e6]);
  });

  it('refused: two pairs, no labels, too few labels, cut off, something else', async () => {
    const pair = { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels };
    await refused(loadData(folderWith({ ...pair, 't10k-images-idx3-ubyte': images }), shape), {
      problem: /2 pairs/,
      nextStep: /t10k.*train/,
    });
    await refused(loadData(folderWith({ 'train-images-idx3-ubyte': images }), shape), {
      problem: /labels are not beside it/,
      nextStep: /train-labels-idx1-ubyte/,
    });
    const fewer = { ...pair, 'train-labels-idx1-ubyte': idx(8, [1], Buffer.from([0])) };
    await refused(loadData(folderWith(fewer), shape), {
      file: /labels/,
      problem: /labels \(1\) and samples \(2\) differ/,
    });
    const cut = { ...pair, 'train-images-idx3-ubyte': images.subarray(0, 18) };
    await refused(loadData(folderWith(cut), shape), { place: 'byte 18', problem: /after 18 of 20 bytes/ });
    const other = { ...pair, 'train-images-idx3-ubyte': Buffer.from('<html>') };
    await refused(loadData(folderWith(other), shape), { place: 'byte 0', problem: /no IDX file/ });
  });
});
