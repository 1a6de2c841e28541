import assert from 'node:assert/strict';
import { normalQuantile, wilsonInterval } from '../../../core/statistics/interval';
import { mcnemar } from '../../../core/statistics/mcnemar';

const close = (actual: number, expected: number, tolerance = 1e-4) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

describe('statistics', () => {
  it('has the quantiles of the normal tables', () => {
    close(normalQuantile(0.975), 1.959963985, 1e-8);
    close(normalQuantile(0.5), 0);
    close(normalQuantile(0.001), -3.090232306, 1e-8);
  });

  // Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29, method 3.
  it('has the published Wilson intervals', () => {
    for (const [successes, trials, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ]) {
      const interval = wilsonInterval(successes, trials);
      close(interval.low, low);
      close(interval.high, high);
    }
  });

  it('says everything is possible without a sample', () => {
    assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1, confidence: 0.95 });
  });

  const outcomes = (onlyFirst: number, onlySecond: number, both: number) => ({
    first: [...Array(onlyFirst).fill(true), ...Array(onlySecond).fill(false), ...Array(both).fill(true)],
    second: [...Array(onlyFirst).fill(false), ...Array(onlySecond).fill(true), ...Array(both).fill(true)],
  });

  // Two-sided binomial: 2 * (1 + 10 + 45) / 1024 for 2 of 10; 1 when nothing differs.
  it("has McNemar's exact p-value", () => {
    const ten = outcomes(2, 8, 30);
    close(mcnemar(ten.first, ten.second).pValue, (2 * 56) / 1024, 1e-12);
    const none = outcomes(0, 0, 5);
    assert.equal(mcnemar(none.first, none.second).pValue, 1);
    const many = outcomes(4000, 5000, 0);
    assert.ok(mcnemar(many.first, many.second).pValue < 1e-20);
  });
});
