import type { NormalizationStatistics } from '../../core/compile/normalization';
import type { Normalization } from '../../core/scheme/types';
import { type DataSet, product } from './dataSet';

/** What the graph's normalisation needs, from the given samples (the training part) only. */
export function normalizationStatistics(
  data: DataSet,
  samples: Int32Array,
  kind: Normalization,
): NormalizationStatistics {
  if (kind === 'min_max') return minMax(data, samples);
  if (kind === 'z_score') return zScore(data, samples);
  return { kind: 'none' };
}

function minMax({ values, sampleDims }: DataSet, samples: Int32Array): NormalizationStatistics {
  const size = product(sampleDims);
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    for (let i = sample * size; i < (sample + 1) * size; i++) {
      const value = values[i]!;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  return { kind: 'min_max', minimum, maximum };
}

/** Per channel, or per feature of tabular data: in both cases the first axis. Population deviation, by two passes in float64. */
function zScore({ values, sampleDims }: DataSet, samples: Int32Array): NormalizationStatistics {
  const channels = sampleDims[0]!;
  const perChannel = product(sampleDims.slice(1));
  const total = samples.length * perChannel;
  const sumOver = (term: (value: number, channel: number) => number): number[] => {
    const sums = new Array<number>(channels).fill(0);
    for (const sample of samples) {
      for (let channel = 0, at = sample * channels * perChannel; channel < channels; channel++) {
        for (let i = 0; i < perChannel; i++) sums[channel]! += term(values[at++]!, channel);
      }
    }
    return sums;
  };
  const mean = sumOver((value) => value).map((sum) => sum / total);
  const squares = sumOver((value, channel) => (value - mean[channel]!) ** 2);
  return { kind: 'z_score', mean, deviation: squares.map((sum) => Math.sqrt(sum / total)) };
}
