import assert from 'node:assert/strict';
import { countText, fileSizeText, memoryText, shortCountText } from '../../../core/quantities';

describe('quantities', () => {
  it('have their digits in groups of three', () => {
    assert.deepEqual([0, 999, 74_496].map(countText), ['0', '999', '74,496']);
  });

  it('have three digits and a unit where space is short', () => {
    const texts = ['0', '999', '1 k', '1.5 k', '1 M', '2.5 M', '66.5 M', '3000 P'];
    assert.deepEqual([0, 999, 1000, 1500, 999_999, 2.5e6, 66.48e6, 3e18].map(shortCountText), texts);
  });

  it('count memory in powers of 1024, and disks in powers of 1000', () => {
    assert.deepEqual([0, 1023, 1536, 1024 ** 2 - 1, 80e9].map(memoryText), [
      '0 B',
      '1023 B',
      '1.5 KiB',
      '1 MiB',
      '74.5 GiB',
    ]);
    assert.deepEqual([0, 999, 1536, 999_999, 80e9].map(fileSizeText), ['0 B', '999 B', '1.54 kB', '1 MB', '80 GB']);
  });
});
