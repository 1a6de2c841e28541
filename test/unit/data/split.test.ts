import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ClassLabels } from '../../../engine/data/dataSet';
import { splitSamples } from '../../../engine/data/split';

const labelled = (counts: readonly number[]): ClassLabels => ({
  kind: 'classes',
  names: counts.map((_, number) => String(number)),
  classes: Int32Array.from(counts.flatMap((count, number) => Array<number>(count).fill(number))),
});

describe('the split', () => {
  const split = (counts: readonly number[], share: number, seed = 0) => {
    const labels = labelled(counts);
    const { training, validation } = splitSamples(labels, labels.classes.length, share, seed);
    const perClass = counts.map((_, number) => validation.filter((sample) => labels.classes[sample] === number).length);
    return { training: [...training], validation: [...validation], perClass };
  };

  it('keeps the shares of the classes', () => {
    assert.deepEqual(split([100, 50, 10], 0.2).perClass, [20, 10, 2]);
  });

  it('gives either side at least one of each class that has two', () => {
    assert.deepEqual(split([2, 3, 1], 0.01).perClass, [1, 1, 0]);
    assert.deepEqual(split([2, 3, 1], 0.99).perClass, [1, 2, 0]);
  });

  it('follows from the seed', () => {
    assert.deepEqual(split([40, 40], 0.25, 5), split([40, 40], 0.25, 5));
    assert.notDeepEqual(split([40, 40], 0.25, 5), split([40, 40], 0.25, 6));
  });

  it('every sample stands on exactly one side, in order', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.integer(), (sizes, share, seed) => {
        const { training, validation } = split(sizes, share, seed);
        const all = [...training, ...validation].sort((a, b) => a - b);
        assert.deepEqual(all, [...all.keys()]);
        assert.deepEqual(
          training,
          [...training].sort((a, b) => a - b),
        );
        assert.equal(
          all.length,
          sizes.reduce((sum, size) => sum + size, 0),
        );
      }),
    );
  });

  it('without classes, the share of the whole', () => {
    const labels = { kind: 'values', values: new Float32Array(50), columns: 1 } as const;
    assert.equal(splitSamples(labels, 50, 0.3, 1).validation.length, 15);
  });
});
