import assert from 'node:assert/strict';
import type { TensorFeed } from '../../../core/compile/training';
import { Random } from '../../../core/random';
import type { Augmentation } from '../../../core/scheme/types';
import type { DataSet, Labels } from '../../../engine/data/dataSet';
import { augmentImage } from '../../../engine/training/augment';
import { BatchMaker, shuffled } from '../../../engine/training/batches';

const none: Augmentation = { flipHorizontal: false, flipVertical: false, shift: 0, rotate: 0 };
const feed = (type: TensorFeed['type'], ...dims: number[]): TensorFeed => ({ name: 'x', type, dims });
const classes: Labels = { kind: 'classes', names: ['a', 'b', 'c'], classes: Int32Array.of(2, 0, 1) };

describe('batches', () => {
  const data = (labels: Labels): DataSet => ({
    count: 3,
    values: Uint8Array.of(1, 2, 3, 4, 5, 6),
    sampleDims: [2],
    labels,
    ids: [],
  });

  it('have the chosen samples, classes as numbers', () => {
    const maker = new BatchMaker(data(classes), { input: feed('float32', 2), target: feed('int64') }, 2);
    const batch = maker.make(Int32Array.of(2, 0));
    assert.deepEqual(
      [batch.count, batch.input, batch.target],
      [2, Float32Array.of(5, 6, 1, 2), BigInt64Array.of(1n, 2n)],
    );
    assert.deepEqual(maker.make(Int32Array.of(1)).input, Float32Array.of(3, 4));
  });

  it('or one-hot, values as they are, tokens as whole numbers', () => {
    const oneHot = new BatchMaker(data(classes), { input: feed('int64', 2), target: feed('float32', 3) }, 2).make(
      Int32Array.of(0, 1),
    );
    assert.deepEqual(
      [oneHot.input, oneHot.target],
      [BigInt64Array.of(1n, 2n, 3n, 4n), Float32Array.of(0, 0, 1, 1, 0, 0)],
    );
    const values: Labels = { kind: 'values', values: Float32Array.of(0.5, 1, 1.5, 2, 2.5, 3), columns: 2 };
    const batch = new BatchMaker(data(values), { input: feed('float32', 2), target: feed('float32', 2) }, 2).make(
      Int32Array.of(2),
    );
    assert.deepEqual(batch.target, Float32Array.of(2.5, 3));
  });

  it('come in an order that follows from seed and epoch', () => {
    const samples = Int32Array.from({ length: 100 }, (_, i) => i);
    assert.deepEqual(shuffled(samples, 1, 5), shuffled(samples, 1, 5));
    assert.notDeepEqual(shuffled(samples, 1, 5), shuffled(samples, 1, 6));
    assert.notDeepEqual(shuffled(samples, 1, 5), shuffled(samples, 2, 5));
    assert.deepEqual(shuffled(samples, 1, 5).sort(), samples);
  });
});

describe('augmentation', () => {
  // Two channels of 2 x 3 pixels.
  const image = Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60);
  const results = (changes: Partial<Augmentation>): Set<string> => {
    const target = new Float32Array(12);
    const found = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      augmentImage(image, 0, [2, 2, 3], target, 0, { ...none, ...changes }, new Random(seed));
      found.add([...target].map((value) => Math.round(value * 1e4) / 1e4).join(' '));
    }
    return found;
  };

  it('flips by chance, all channels alike', () => {
    const upright = '1 2 3 4 5 6 10 20 30 40 50 60';
    const mirrored = '3 2 1 6 5 4 30 20 10 60 50 40';
    const upsideDown = '4 5 6 1 2 3 40 50 60 10 20 30';
    assert.deepEqual(results({ flipHorizontal: true }), new Set([upright, mirrored]));
    assert.deepEqual(results({ flipVertical: true }), new Set([upright, upsideDown]));
    assert.equal(results({ flipHorizontal: true, flipVertical: true }).size, 4);
    assert.deepEqual(results({}), new Set([upright]));
  });

  it('rotates and shifts within bounds, the border repeated', () => {
    const all = [...results({ rotate: 20, shift: 0.3 })].map((text) => text.split(' ').map(Number));
    assert.ok(all.length > 50);
    for (const values of all) {
      assert.ok(
        values.slice(0, 6).every((value) => value >= 1 && value <= 6),
        values.join(),
      );
      values.slice(0, 6).forEach((value, i) => {
        assert.ok(Math.abs(value * 10 - values[i + 6]!) < 1e-2);
      });
    }
  });

  it('a quarter turn goes clockwise', () => {
    // The first two draws decide the flips, the next two the shift, the fifth the angle: here almost the largest one.
    const random = Object.assign(new Random(0), { uniform: () => 1 - 2 ** -32 });
    const target = new Float32Array(4);
    augmentImage(Float32Array.of(1, 2, 3, 4), 0, [1, 2, 2], target, 0, { ...none, rotate: 90 }, random);
    assert.deepEqual([...target].map(Math.round), [3, 1, 4, 2]);
  });
});
