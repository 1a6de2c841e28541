import assert from 'node:assert/strict';
import { Random } from '../../../core/random';
import { parseRange, placeOf, rangeText, spread, valueAt } from '../../../core/sweep/range';
import { range } from './sweeps';

describe('A range', () => {
  const interval = (from: number, to: number, isLogarithmic: boolean, isInteger: boolean) => ({
    kind: 'interval',
    from,
    to,
    isLogarithmic,
    isInteger,
  });

  for (const [text, expected] of [
    ['1e-4..1e-1:log', interval(1e-4, 1e-1, true, false)],
    ['16..64', interval(16, 64, false, true)],
    ['8..256:log', interval(8, 256, true, true)],
    ['0.0..1', interval(0, 1, false, false)],
    ['-1..0.5', interval(-1, 0.5, false, false)],
    ['0.1..0.5:5', { ...interval(0.1, 0.5, false, false), points: 5 }],
    ['adam,sgd', { kind: 'choice', values: ['adam', 'sgd'] }],
    ['1, 2,4', { kind: 'choice', values: [1, 2, 4] }],
    [
      '[3,3],[5,5]',
      {
        kind: 'choice',
        values: [
          [3, 3],
          [5, 5],
        ],
      },
    ],
    ['"a,b",c', { kind: 'choice', values: ['a,b', 'c'] }],
    ['true,false', { kind: 'choice', values: [true, false] }],
  ] as const)
    it(`is written ${text}`, () => {
      assert.deepEqual(parseRange(text), { ok: true, range: expected });
    });

  for (const text of ['0.01', 'adam', '[3,3]', '{"type":"step"}', '"a,b"', '../data', '1e-4', ''])
    it(`is not ${JSON.stringify(text)}`, () => assert.deepEqual(parseRange(text), { ok: true }));

  for (const [text, reason] of [
    ['5..1', /smaller to a larger/],
    ['3..3', /smaller to a larger/],
    ['-1..1:log', /above 0/],
    ['1..2:lgo', /is no range/],
    ['1..', /is no range/],
    ['1..1e999', /finite/],
    ['0.1..0.2:1', /2 to 10,000/],
    ['a,a', /twice/],
  ] as const)
    it(`refuses ${text}`, () => {
      const parsed = parseRange(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
    });

  for (const text of ['0.0001..0.1:log', '16..64', '0.0..1.0', '8..256:log:6', '"adam","sgd"', '[3,3],[5,5]'])
    it(`is written again as ${text}`, () => assert.equal(rangeText(range(text)), text));

  it('has equally likely whole numbers, both ends included', () => {
    const random = new Random(1);
    const counts = new Map<unknown, number>();
    for (let i = 0; i < 6000; i++) {
      const value = valueAt(range('1..3'), random.uniform());
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), [1, 2, 3]);
    for (const count of counts.values()) assert.ok(Math.abs(count - 2000) < 150, String(count));
  });

  it('has equally likely factors when it is logarithmic', () => {
    const rates = range('1e-4..1e-1:log');
    assert.equal(valueAt(rates, 0), 1e-4);
    assert.equal(valueAt(rates, 0.5), 0.003162);
    assert.equal(valueAt(rates, 1), 0.1);
  });

  it('knows the place of a value', () => {
    for (const text of ['1e-4..1e-1:log', '16..64', '8..256:log', '0.0..0.5']) {
      const interval = range(text);
      assert.ok(interval.kind === 'interval');
      for (const place of [0.1, 0.35, 0.9]) {
        const value = valueAt(interval, place) as number;
        assert.equal(valueAt(interval, placeOf(interval, value)), value, text);
      }
    }
  });

  it('spreads values from end to end', () => {
    assert.deepEqual(spread(range('1e-4..1e-1:log'), 4), [1e-4, 1e-3, 1e-2, 1e-1]);
    assert.deepEqual(spread(range('1..4'), 4), [1, 2, 3, 4]);
    assert.deepEqual(spread(range('1..3'), 5), [1, 2, 3]);
    assert.deepEqual(spread(range('a,b'), 7), ['a', 'b']);
  });
});
