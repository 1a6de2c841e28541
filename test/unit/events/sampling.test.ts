import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Columns } from '../../../core/events/columns';
import { extremes, sampleSeries, withoutReplaced } from '../../../core/events/sampling';

describe('sampling', () => {
  const columnsOf = (...points: [step: number, value: number][]) => {
    const columns = new Columns();
    for (const [place, [step, value]] of points.entries()) columns.push(step, 1.7e9 + place, value, place);
    return columns;
  };
  const all = (count: number) => Uint32Array.from({ length: count }, (_, at) => at);

  it('keeps everything that fits, and says null for what is not finite', () => {
    const columns = columnsOf([1, 0.5], [2, Number.NaN], [3, Number.POSITIVE_INFINITY]);
    assert.deepEqual(sampleSeries('loss', columns, 100), {
      tag: 'loss',
      steps: [1, 2, 3],
      wallTimes: [1.7e9, 1.7e9 + 1, 1.7e9 + 2],
      values: [0.5, null, null],
      total: 3,
    });
  });

  it('keeps a spike', () => {
    const values = new Float64Array(100_000).fill(1);
    values[70_001] = 50;
    const chosen = extremes(values, all(values.length), 200);
    assert.ok(chosen.length <= 200);
    assert.ok(chosen.includes(70_001));
  });

  it('keeps the moment when a loss became NaN', () => {
    const values = Float64Array.from({ length: 10_000 }, (_, at) => (at < 7_777 ? 1 / (at + 1) : Number.NaN));
    const chosen = extremes(values, all(values.length), 100);
    assert.ok(chosen.some((at) => at >= 7_700 && at < 7_900 && Number.isNaN(values[at])));
  });

  it('keeps first, last, order and limit for any series', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double(), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 4, max: 60 }),
        (values, limit) => {
          const chosen = [...extremes(values, all(values.length), limit)];
          assert.ok(chosen.length <= Math.max(limit, 4));
          assert.equal(chosen[0], 0);
          assert.equal(chosen.at(-1), values.length - 1);
          assert.deepEqual(
            chosen,
            [...new Set(chosen)].sort((a, b) => a - b),
          );
          const finite = values.filter(Number.isFinite);
          if (finite.length > 0)
            assert.ok(chosen.some((at) => values[at] === Math.max(...finite)) || values.length <= 2);
        },
      ),
    );
  });

  it('lets later points replace those of their step and later', () => {
    assert.deepEqual([...withoutReplaced([1, 2, 3, 4, 3, 4, 5], 7)], [0, 1, 4, 5, 6]);
    assert.deepEqual([...withoutReplaced([1, 1, 2], 3)], [1, 2]);
    assert.deepEqual([...withoutReplaced([], 0)], []);
  });
});
