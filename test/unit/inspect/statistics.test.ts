import assert from 'node:assert/strict';
import { Statistics } from '../../../core/inspect/statistics';
import { tensorPieces } from '../../../core/inspect/tensorPieces';
import { DataType } from '../../../core/onnx/model';

function figures(...pieces: number[][]) {
  const statistics = new Statistics();
  for (const piece of pieces) statistics.add(piece);
  for (const piece of pieces) statistics.count(piece);
  return statistics.figures();
}

describe('statistics of weights', () => {
  it('are those of all pieces together', () => {
    const whole = figures([1, 2, 3, 4, 5, 6, 7, 8]);
    const { mean, deviation, ...rest } = figures([1], [2, 3, 4], [5, 6, 7, 8]);
    assert.deepEqual({ ...whole, mean, deviation }, { ...rest, mean, deviation });
    assert.ok(Math.abs((mean ?? 0) - 4.5) < 1e-12);
    assert.ok(Math.abs((deviation ?? 0) - Math.sqrt(5.25)) < 1e-12);
    assert.deepEqual([rest.minimum, rest.maximum, rest.count], [1, 8, 8]);
    assert.equal(
      rest.histogram.reduce((sum, count) => sum + count, 0),
      8,
    );
  });

  it('keep their digits far from zero', () => {
    const values = Array.from({ length: 1000 }, (_, at) => 1e9 + (at % 2));
    assert.ok(Math.abs((figures(values.slice(0, 300), values.slice(300)).deviation ?? 0) - 0.5) < 1e-6);
  });

  it('tell zeros, NaN and infinite values apart, and count only finite ones', () => {
    const { zeros, notNumbers, infinite, mean, maximum, histogram } = figures([0, -0, NaN, Infinity, -Infinity, 3]);
    assert.deepEqual(
      { zeros, notNumbers, infinite, mean, maximum },
      { zeros: 2, notNumbers: 1, infinite: 2, mean: 1, maximum: 3 },
    );
    assert.equal(
      histogram.reduce((sum, count) => sum + count, 0),
      3,
    );
  });

  it('of nothing finite, of one value and of the largest range are no error', () => {
    assert.deepEqual(figures([NaN, NaN]).histogram, []);
    assert.equal(figures([NaN]).mean, null);
    assert.equal(figures([5, 5, 5]).deviation, 0);
    assert.equal(figures([5, 5, 5]).histogram[0], 3);
    const { histogram } = figures([-Number.MAX_VALUE, Number.MAX_VALUE]);
    assert.deepEqual([histogram[0], histogram.at(-1)], [1, 1]);
  });
});

describe('pieces of a tensor', () => {
  const inFile = (count: number, length = 4 * count) => ({
    name: 'w',
    dataType: DataType.float,
    dims: [count],
    data: { kind: 'file' as const, offset: 100, length },
  });

  it('follow each other without a gap', () => {
    const pieces = [...tensorPieces(inFile(600_000))];
    assert.ok(pieces.length > 1);
    let offset = 100;
    for (const { data, dims } of pieces) {
      assert.ok(data.kind === 'file');
      assert.deepEqual([data.offset, data.length], [offset, 4 * dims[0]!]);
      offset += data.length;
    }
    assert.equal(offset, 100 + 4 * 600_000);
  });

  it('are not made of a tensor that is shorter than it says', () => {
    assert.equal([...tensorPieces(inFile(600_000, 1000))].length, 1);
  });
});
