import assert from 'node:assert/strict';
import { formatDuration, formatMoment, formatShape, formatValue } from '../../../webviews/shared/format';

describe('figures in panels', () => {
  it('have four digits, and an exponent where they are very small or large', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [0.123456, '0.1235'],
      [99.96, '99.96'],
      [-2.5, '−2.5'],
      [0.00012345, '1.23e-4'],
      [12_345_678, '1.23e7'],
      [123_456, '123500'],
      [Number.NaN, 'NaN'],
      [Number.NEGATIVE_INFINITY, '−∞'],
    ];
    for (const [value, text] of cases) assert.equal(formatValue(value), text);
  });

  it('say how long in two units', () => {
    const cases: [number, string][] = [
      [0.4, '0 s'],
      [59.6, '1 min 00 s'],
      [185, '3 min 05 s'],
      [3599, '59 min 59 s'],
      [7800, '2 h 10 min'],
      [86_399, '1 d 0 h'],
      [100_800, '1 d 4 h'],
      [-3, '0 s'],
    ];
    for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
  });

  it('say the time of today, and the day of another', () => {
    const now = new Date(2026, 10, 22, 15, 0, 0);
    assert.match(formatMoment(new Date(2026, 10, 22, 9, 5, 7), now), /^09:05:07/);
    assert.match(formatMoment(new Date(2026, 10, 21, 9, 5, 7), now), /Nov 21.*09:05/);
    assert.match(formatMoment(new Date(2025, 10, 22, 21, 5, 7), now), /2025.* 21:05$/);
  });

  it('say a shape as the scheme writes it', () => {
    assert.equal(formatShape([28, 28, 64]), '28 × 28 × 64');
    assert.equal(formatShape([10]), '10');
  });
});
