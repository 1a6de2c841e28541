import type { GraphBuilder } from '../onnx/builder';
import type { Shape } from '../shape/network';

/** What the training part of the data says about its values; compiled into the front of every graph. */
export type NormalizationStatistics =
  | { readonly kind: 'none' }
  /** `(x - minimum) / (maximum - minimum)`, over all values; a constant data set becomes 0. */
  | { readonly kind: 'min_max'; readonly minimum: number; readonly maximum: number }
  /** `(x - mean) / deviation`, one entry per channel (per feature in tabular data); a deviation of 0 counts as 1. */
  | { readonly kind: 'z_score'; readonly mean: readonly number[]; readonly deviation: readonly number[] };

/** The normalised value, `[batch, channels, ...]` as it came. Two nodes, `normalization/center` and `normalization/scale`. */
export function normalize(
  graph: GraphBuilder,
  input: string,
  shape: Shape,
  statistics: NormalizationStatistics = { kind: 'none' },
): string {
  if (statistics.kind === 'none') return input;
  const [offset, divisor] = offsetAndDivisor(graph, shape, statistics);
  const centred = graph.add('Sub', [input, offset], {}, named('normalization/center'));
  return graph.add('Div', [centred, divisor], {}, named('normalization/scale'));
}

function offsetAndDivisor(
  graph: GraphBuilder,
  shape: Shape,
  statistics: Exclude<NormalizationStatistics, { kind: 'none' }>,
): [string, string] {
  if (statistics.kind === 'min_max') {
    const { minimum, maximum } = statistics;
    return [graph.scalar(minimum), graph.scalar(maximum - minimum || 1)];
  }
  const { mean, deviation } = statistics;
  const dims = [1, mean.length, ...shape.slice(0, -1).map(() => 1)];
  const divisors = deviation.map((value) => value || 1);
  return [graph.floats(mean, dims), graph.floats(divisors, dims)];
}

function named(name: string) {
  return { name, outputs: [name] };
}
