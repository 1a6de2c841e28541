import assert from 'node:assert/strict';
import type { DataSet } from '../../../engine/data/dataSet';
import { normalizationStatistics } from '../../../engine/data/statistics';

const data = (sampleDims: readonly number[], values: readonly number[]): DataSet => ({
  count: values.length / sampleDims.reduce((size, n) => size * n, 1),
  values: Float32Array.from(values),
  sampleDims,
  labels: { kind: 'values', values: new Float32Array(0), columns: 1 },
  ids: [],
});

describe('normalisation statistics', () => {
  it('come from the given samples only', () => {
    const three = data([2], [1, 2, 3, 8, -100, 100]);
    assert.deepEqual(normalizationStatistics(three, Int32Array.of(0, 1), 'min_max'), {
      kind: 'min_max',
      minimum: 1,
      maximum: 8,
    });
    assert.deepEqual(normalizationStatistics(three, Int32Array.of(0, 1), 'z_score'), {
      kind: 'z_score',
      mean: [2, 5],
      deviation: [1, 3],
    });
  });

  it('are per channel for images', () => {
    const images = data([2, 1, 2], [1, 3, 10, 30, 1, 3, 10, 30]);
    assert.deepEqual(normalizationStatistics(images, Int32Array.of(0, 1), 'z_score'), {
      kind: 'z_score',
      mean: [2, 20],
      deviation: [1, 10],
    });
  });

  it('keep a deviation that is small beside its mean', () => {
    const close = data([1], [16_000_000, 16_000_002]);
    const statistics = normalizationStatistics(close, Int32Array.of(0, 1), 'z_score');
    assert.deepEqual(statistics, { kind: 'z_score', mean: [16_000_001], deviation: [1] });
  });

  it('are none when none are asked for', () => {
    assert.deepEqual(normalizationStatistics(data([1], [1]), Int32Array.of(0), 'none'), { kind: 'none' });
  });
});
