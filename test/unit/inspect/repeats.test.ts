import assert from 'node:assert/strict';
import { findRepeats, type RepeatOptions } from '../../../core/inspect/repeats';
import { processorSeconds } from '../../support/processorTime';

/** Items are letters; a found block is `start:count x letters`. */
function repeats(text: string, options: Partial<RepeatOptions> = {}): string[] {
  const items = Array.from(text, (letter) => letter.charCodeAt(0));
  const found = findRepeats(items, { shortest: 2, fewest: 3, hides: 4, ...options });
  return found.map(({ start, length, count }) => `${start}:${count} x ${text.slice(start, start + length)}`);
}

describe('repeated blocks', () => {
  it('are found between other items', () => {
    assert.deepEqual(repeats('..abcabcabc,,'), ['2:3 x abc']);
    assert.deepEqual(repeats('xabababab-cdcdcdcd'), ['1:4 x ab', '10:4 x cd']);
  });

  it('are those that hide more, also with small repetitions inside of them', () => {
    assert.deepEqual(repeats('ababababcd'.repeat(3)), ['0:3 x ababababcd']);
    assert.deepEqual(repeats('abab'.repeat(4)), ['0:8 x ab']);
  });

  it('are not made of too few, too short or too little', () => {
    assert.deepEqual(repeats('abcabc'), []);
    assert.deepEqual(repeats('abababab', { shortest: 3 }), []);
    assert.deepEqual(repeats('xaaay', { shortest: 1 }), []);
    assert.deepEqual(repeats('xaaay', { shortest: 1, hides: 2 }), ['1:3 x a']);
  });

  it('begin where the fewest values cross', () => {
    const crossing = (at: number) => ((at - 1) % 3 === 0 ? 1 : 2);
    assert.deepEqual(repeats('abcabcabcabc', { crossing }), ['1:3 x bca']);
    assert.deepEqual(repeats('abcabcabcabc'), ['0:4 x abc']);
  });

  it('end where the relations of their items do', () => {
    const sameRelations = (at: number, period: number) => at + period < 9;
    assert.deepEqual(repeats('abcabcabcabcabc', { sameRelations }), ['0:3 x abc']);
  });

  it('never overlap, whatever the items', () => {
    let seed = 7;
    const random = (count: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % count;
    };
    for (let round = 0; round < 200; round++) {
      const items = Array.from({ length: 60 }, () => random(3));
      let end = 0;
      for (const { start, length, count } of findRepeats(items, { shortest: 1, fewest: 3, hides: 3 })) {
        assert.ok(start >= end);
        end = start + length * count;
        const block = items.slice(start, start + length);
        for (let at = start; at < end; at++) assert.equal(items[at], block[(at - start) % length]);
      }
      assert.ok(end <= items.length);
    }
  });

  it('of twenty thousand items are found at once', () => {
    const items = Array.from({ length: 20_000 }, (_, at) => (at < 100 ? at : (at % 137) % 11));
    const seconds = processorSeconds(() => {
      const [found] = findRepeats(items, { shortest: 4, fewest: 3, hides: 12 });
      assert.equal(found?.length, 137);
    }, 3);
    assert.ok(seconds < 2, `${seconds} s`);
  });
});
