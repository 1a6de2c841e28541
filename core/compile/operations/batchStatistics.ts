import type { GraphBuilder } from '../../onnx/builder';
import type { BatchNormalization } from '../../shape/network';
import { parameterOf, type TrainingEmission } from '../emission';

export interface BatchStatistics {
  readonly mean: string;
  /** Divided by the count: what normalises the batch. */
  readonly variance: string;
  readonly count: string;
}

/** `1 / sqrt(variance + epsilon)` */
export function reciprocalDeviation(graph: GraphBuilder, variance: string, epsilon: number): string {
  return graph.add('Reciprocal', [graph.add('Sqrt', [graph.add('Add', [variance, graph.scalar(epsilon)])])]);
}

/** As PyTorch: the running variance is fed with the unbiased one. A batch with one value per channel counts as two. */
export function updateRunningStatistics(
  emission: TrainingEmission,
  operation: BatchNormalization,
  { mean, variance, count }: BatchStatistics,
): void {
  const { graph } = emission;
  const one = graph.scalar(1);
  const degrees = graph.add('Max', [graph.add('Sub', [count, one]), one]);
  const unbiased = graph.add('Mul', [variance, graph.add('Div', [count, degrees])]);
  blend('running_mean', mean);
  blend('running_variance', unbiased);

  function blend(role: 'running_mean' | 'running_variance', batch: string): void {
    const parameter = parameterOf(operation, role);
    const kept = graph.add('Mul', [emission.parameter(parameter), graph.scalar(operation.momentum)]);
    const added = graph.add('Mul', [batch, graph.scalar(1 - operation.momentum)]);
    emission.updateBuffer(parameter, graph.add('Add', [kept, added]));
  }
}
