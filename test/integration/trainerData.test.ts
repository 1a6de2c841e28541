import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { zipSync } from 'fflate';
import { Random } from '../../core/random';
import type { Scheme } from '../../core/scheme/types';
import { analyze } from '../../core/shape/analyze';
import { fingerprint } from '../../engine/data/fingerprint';
import { loadData } from '../../engine/data/load';
import { encodeNpy, parseNpy } from '../../engine/data/npy';
import { splitSamples } from '../../engine/data/split';
import { normalizationStatistics } from '../../engine/data/statistics';
import { augmentImage } from '../../engine/training/augment';
import { shuffled } from '../../engine/training/batches';
import { describeWithPython } from '../support/python';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { readJson, runTrainerProgram } from './trainerFixture';

type Files = Readonly<Record<string, string | Uint8Array>>;

interface Case {
  readonly data: Readonly<Record<string, unknown>>;
  readonly files: Files;
}

const picture = { image_size: [5, 4, 1], label_dim: 2, data_path: 'data' };
const table = { input_size: [3], label_dim: 2, data_path: 'data.csv' };

const cases: Readonly<Record<string, Case>> = {
  images: {
    data: { ...picture, normalize: 'min_max', augmentation: { flip_horizontal: true, shift: 0.2, rotate: 30 } },
    files: classFolders(['cat', 'Dog'], (value) => png(value, 1)),
  },
  'colour images as grey': { data: picture, files: classFolders(['b', 'a'], (value) => png(value, 3)) },
  'grey images as colours': {
    data: { ...picture, image_size: [5, 4, 3], normalize: 'z_score', augmentation: { flip_vertical: true } },
    files: classFolders(['b', 'a'], (value) => png(value, 1)),
  },
  'images with alpha, and without': {
    data: { ...picture, image_size: [5, 4, 4] },
    files: classFolders(['b', 'a'], (value) => png(value, value % 2 === 0 ? 4 : 3)),
  },
  'images of 16 bits': { data: picture, files: classFolders(['b', 'a'], (value) => png(value, 3, 16)) },
  npz: {
    data: { image_size: [2, 3, 2], label_dim: 3, data_path: 'data.npz', normalize: 'z_score' },
    files: { 'data.npz': arrays([12, 2, 3, 2], [12], (i) => i % 3) },
  },
  'npz, channels first, one-hot': {
    data: { image_size: [4, 3, 2], label_dim: 3, data_path: 'data.npz' },
    files: { 'data.npz': arrays([10, 2, 4, 3], [10, 3], (i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0)) },
  },
  'npz, samples last': {
    data: { input_size: [4, 3], label_dim: 2, data_path: 'data.npz', data_orientation: 'horizontal' },
    files: { 'data.npz': arrays([4, 3, 14], [14], (i) => (i % 2 === 0 ? -1 : 5)) },
  },
  'npz, values to predict': {
    data: { input_size: [6], label_dim: 2, label_type: 'regression', data_path: 'data.npz', normalize: 'z_score' },
    files: { 'data.npz': arrays([9, 6], [9, 2], (i) => i / 7) },
  },
  tokens: {
    data: { input_size: [5], vocabulary: 9, label_dim: 2, data_path: 'data.npz' },
    files: {
      'data.npz': arrays(
        [8, 5],
        [8],
        (i) => i % 2,
        (i) => i % 9,
      ),
    },
  },
  csv: {
    data: { ...table, normalize: 'min_max' },
    files: { 'data.csv': 'a,b,"c, too",kind\n1,2,3,x\n\n4,5e1,-6,"y"\r\n7,8,9,x\n1,1,1,y\n0,0,.5, x\n' },
  },
  'csv with semicolons, compressed, several labels': {
    data: { ...table, label_dim: 2, label_type: 'multi_label', label_column: 'p', data_path: 'data.csv.gz' },
    files: { 'data.csv.gz': gzipSync('a;p;q;b;c\n1;0;1;2;3\n4;1;1;5;6\n7;0;0;8;9\n') },
  },
  idx: {
    data: { image_size: [2, 2, 1], label_dim: 2, data_path: 'data' },
    files: {
      'data/train-images-idx3-ubyte.gz': gzipSync(idx([6, 2, 2], (i) => (i * 11) % 256)),
      'data/train-labels-idx1-ubyte': idx([6], (i) => i % 2),
    },
  },
};

const refused: Readonly<Record<string, Case>> = {
  'no such file': { data: { ...table, data_path: 'missing.csv' }, files: {} },
  'no class folders': { data: picture, files: { 'data/a.png': png(1, 1) } },
  'an image of another size': {
    data: { ...picture, image_size: [6, 4, 1] },
    files: classFolders(['a', 'b'], (v) => png(v, 1)),
  },
  'a damaged image': {
    data: picture,
    files: { ...classFolders(['a', 'b'], (v) => png(v, 1)), 'data/a/x.png': png(1, 1).subarray(0, 50) },
  },
  'three classes for two': { data: picture, files: classFolders(['a', 'b', 'c'], (v) => png(v, 1)) },
  'a row with too few fields': { data: table, files: { 'data.csv': 'a,b,c,kind\n1,2,3,x\n1,2,3\n' } },
  'no number': { data: table, files: { 'data.csv': 'a,b,c,kind\n1,two,3,x\n' } },
  'an open quote': { data: table, files: { 'data.csv': 'a,b,c,kind\n1,2,3,"x\n' } },
  'another shape': {
    data: { input_size: [5], label_dim: 2, data_path: 'data.npz' },
    files: { 'data.npz': arrays([4, 6], [4], (i) => i % 2) },
  },
  'no labels': {
    data: { ...table, data_path: 'data.npz' },
    files: { 'data.npz': zipSync({ 'x.npy': float32([2, 3], () => 1) }) },
  },
  'a value that is no number': {
    data: { ...table, data_path: 'data.npz' },
    files: {
      'data.npz': arrays(
        [4, 3],
        [4],
        (i) => i % 2,
        (i) => (i === 5 ? Number.NaN : 1),
      ),
    },
  },
  'no zip file': { data: { ...table, data_path: 'data.npz' }, files: { 'data.npz': 'text' } },
  'truncated idx': {
    data: { image_size: [2, 2, 1], label_dim: 2, data_path: 'data' },
    files: {
      'data/images-idx3-ubyte': idx([6, 2, 2], () => 1).subarray(0, 20),
      'data/labels-idx1-ubyte': idx([6], (i) => i % 2),
    },
  },
};

describeWithPython("the PyTorch trainer's data", (python) => {
  const root = temporaryFolder();

  before(async () => {
    for (const [name, each] of [...Object.entries(cases), ...Object.entries(refused)])
      write(path.join(root, name), each);
    await runTrainerProgram(python, 'trainer_data.py', root);
  });

  for (const name of Object.keys(cases))
    it(`is the embedded trainer's, sample by sample: ${name}`, async () => {
      const folder = path.join(root, name);
      assert.ok(!existsSync(path.join(folder, 'error.txt')), name);
      const scheme = schemeOf(folder);
      const file = path.join(folder, scheme.data.dataPath!);
      const data = await loadData(file, scheme.data);
      const { validationSplit, normalize, augmentation } = scheme.data;
      const split = splitSamples(data.labels, data.count, validationSplit, scheme.model.seed);
      const labels = data.labels.kind === 'classes' ? data.labels.classes : data.labels.values;
      const close = name === 'images of 16 bits' ? 1e-3 : 0;
      assertEqual(folder, 'values', data.values, close);
      assertEqual(folder, 'labels', labels);
      assertEqual(folder, 'training', split.training);
      assertEqual(folder, 'validation', split.validation);
      assertEqual(folder, 'order', shuffled(split.training, scheme.model.seed, 2));
      const facts = readJson(path.join(folder, 'facts.json')) as Record<string, unknown>;
      assert.deepEqual(facts.ids, data.ids);
      assert.deepEqual(facts.classes, data.labels.kind === 'classes' ? data.labels.names : null);
      assert.deepEqual(rounded(facts.normalization), rounded(normalizationStatistics(data, split.training, normalize)));
      assert.deepEqual(facts.data, { ...(await fingerprint(file, scheme.data.dataPath!)), samples: data.count });
      if (data.sampleDims.length !== 3) return;
      const augmented = new Float32Array(data.values.length);
      const dims = data.sampleDims as readonly [number, number, number];
      const size = data.values.length / data.count;
      for (let i = 0; i < data.count; i++) {
        const random = new Random(scheme.model.seed, 0, augmentStream, i);
        augmentImage(data.values, i * size, dims, augmented, i * size, augmentation, random);
      }
      assertEqual(folder, 'augmented', augmented, 2e-3);
    });

  for (const name of Object.keys(refused))
    it(`is refused with file and reason: ${name}`, async () => {
      const folder = path.join(root, name);
      const scheme = schemeOf(folder);
      const file = path.join(folder, scheme.data.dataPath!);
      await assert.rejects(loadData(file, scheme.data));
      const error = readFileSync(path.join(folder, 'error.txt'), 'utf8');
      assert.ok(error.startsWith(file) && /[.!]$/.test(error) && !error.includes('\n'), error);
    });
});

/** The stream of the embedded trainer's augmentation. */
const augmentStream = 4;

function write(folder: string, { data, files }: Case): void {
  mkdirSync(folder, { recursive: true });
  const network = [{ type: 'flatten' }, { type: 'dense_set', unit: data.label_dim }];
  const tokens = [{ type: 'embedding_set', dimension: 2 }];
  const scheme = { data, model: { seed: 5, network: 'vocabulary' in data ? tokens : network } };
  writeFileSync(path.join(folder, 'scheme.json'), JSON.stringify(scheme));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

function schemeOf(folder: string): Scheme {
  const { scheme, diagnostics } = analyze(readFileSync(path.join(folder, 'scheme.json'), 'utf8'));
  assert.ok(scheme, JSON.stringify(diagnostics));
  return scheme;
}

function assertEqual(folder: string, name: string, expected: ArrayLike<number>, tolerance = 0): void {
  const array = parseNpy(readFileSync(path.join(folder, `${name}.npy`)));
  assert.ok(array.kind === 'numbers');
  assert.equal(array.values.length, expected.length, name);
  array.values.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${name}[${i}]: ${value} is not ${expected[i]}`);
  });
}

/** Sums of float64 in another order differ in the last digits. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, each: unknown) => (typeof each === 'number' ? Number(each.toPrecision(10)) : each)),
  );

function classFolders(names: readonly string[], image: (value: number) => Uint8Array): Files {
  const files = names.flatMap((name, n) =>
    Array.from({ length: 5 }, (_, i) => [`data/${name}/image ${i}.png`, image(7 * i + n)] as const),
  );
  return Object.fromEntries([
    ...files,
    [`data/${names[0]}/below/one.PNG`, image(50)],
    [`data/${names[0]}/.hidden`, ''],
  ]);
}

/** 5 high, 4 wide. */
function png(value: number, channels: number, depth: 8 | 16 = 8): Uint8Array {
  const random = new Random(value, channels);
  const count = 20 * channels;
  const data =
    depth === 8
      ? Uint8Array.from({ length: count }, () => random.below(256))
      : Uint16Array.from({ length: count }, () => random.below(65536));
  return encodePng({ width: 4, height: 5, channels, depth, data });
}

function arrays(
  dims: readonly number[],
  labelDims: readonly number[],
  label: (index: number) => number,
  value: (index: number) => number = (i) => Math.sin(i) * 10,
): Uint8Array {
  return zipSync({ 'x.npy': float32(dims, value), 'y.npy': float32(labelDims, label) });
}

function float32(dims: readonly number[], value: (index: number) => number): Uint8Array {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return encodeNpy({ dims, values: Float32Array.from({ length }, (_, i) => value(i)) });
}

function idx(dims: readonly number[], value: (index: number) => number): Buffer {
  const header = Buffer.from([0, 0, 8, dims.length, ...dims.flatMap((dim) => [0, 0, dim >> 8, dim & 255])]);
  return Buffer.concat([
    header,
    Buffer.from(Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => value(i))),
  ]);
}
