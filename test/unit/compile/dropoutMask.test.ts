import assert from 'node:assert/strict';
import { fillDropoutMask, maskSeed } from '../../../core/compile/dropoutMask';

function filled(size: number, rate: number, seed = 7): Uint8Array {
  const mask = new Uint8Array(size).fill(9);
  fillDropoutMask(mask, rate, seed);
  return mask;
}

describe('dropout masks', () => {
  it('keep the share that is not dropped', () => {
    for (const rate of [0.1, 0.3, 0.5, 0.7, 0.999]) {
      const mask = filled(400_000, rate);
      const kept = mask.reduce((sum, value) => sum + value, 0) / mask.length;
      assert.ok(Math.abs(kept - (1 - rate)) < 0.004, `rate ${rate}: ${kept} kept`);
      assert.ok(mask.every((value) => value === 0 || value === 1));
    }
  });

  it('keep everything at rate 0 and nothing at rate 1', () => {
    assert.ok(filled(100, 0).every((value) => value === 1));
    assert.ok(filled(100, 1).every((value) => value === 0));
  });

  it('fill sizes that are no multiple of a word', () => {
    for (const size of [0, 1, 31, 33, 67])
      assert.ok(
        filled(size, 0.5).every((value) => value <= 1),
        `${size} values`,
      );
    const mask = new Uint8Array(new ArrayBuffer(80), 8, 71).fill(9);
    fillDropoutMask(mask, 0.5, 1);
    assert.ok(mask.every((value) => value <= 1));
  });

  it('follow from the seed alone', () => {
    assert.deepEqual(filled(1000, 0.3), filled(1000, 0.3));
    assert.notDeepEqual(filled(1000, 0.3, 8), filled(1000, 0.3));
  });

  it('have no pattern from one value to the next', () => {
    const mask = filled(200_000, 0.5);
    for (const distance of [1, 2, 4, 8, 16, 32, 64]) {
      let equal = 0;
      for (let index = distance; index < mask.length; index++) equal += mask[index] === mask[index - distance] ? 1 : 0;
      assert.ok(Math.abs(equal / mask.length - 0.5) < 0.006, `${distance} apart: ${equal / mask.length} equal`);
    }
  });

  it('have a seed for each run, step and mask', () => {
    const seeds = new Set<number>();
    for (let run = 0; run < 10; run++) {
      for (let step = 0; step < 100; step++) for (let mask = 0; mask < 10; mask++) seeds.add(maskSeed(run, step, mask));
    }
    assert.equal(seeds.size, 10_000);
  });
});
