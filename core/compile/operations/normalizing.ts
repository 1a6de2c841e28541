import type { GraphBuilder } from '../../onnx/builder';

/** Values brought to mean 0 and variance 1 along an axis, and what the gradient needs of it. */
export interface Normalized {
  readonly output: string;
  /** One over the deviation, with the axis kept. */
  readonly reciprocal: string;
}

/** `(x - mean) / sqrt(variance + epsilon)` along one axis of so many values, centred before anything is squared. */
export function normalizeAlong(
  graph: GraphBuilder,
  value: string,
  axis: number,
  count: number,
  epsilon: number,
): Normalized {
  const centred = graph.add('Sub', [value, meanAlong(graph, value, axis, count)]);
  const variance = meanAlong(graph, graph.add('Mul', [centred, centred]), axis, count);
  const deviation = graph.add('Sqrt', [graph.add('Add', [variance, graph.scalar(epsilon)])]);
  const reciprocal = graph.add('Reciprocal', [deviation]);
  return { output: graph.add('Mul', [centred, reciprocal]), reciprocal };
}

/** The gradient of the values: `(dy - mean(dy) - y mean(dy y)) / deviation`. */
export function normalizedGradient(
  graph: GraphBuilder,
  { output, reciprocal }: Normalized,
  gradient: string,
  axis: number,
  count: number,
): string {
  const mean = meanAlong(graph, gradient, axis, count);
  const moment = meanAlong(graph, graph.add('Mul', [gradient, output]), axis, count);
  const along = graph.add('Sub', [graph.add('Sub', [gradient, mean]), graph.add('Mul', [output, moment])]);
  return graph.add('Mul', [along, reciprocal]);
}

/** ReduceMean takes its axes in two ways, depending on the opset; ReduceSum in one. */
function meanAlong(graph: GraphBuilder, value: string, axis: number, count: number): string {
  const sum = graph.add('ReduceSum', [value, graph.ints([axis])], { keepdims: 1 });
  return graph.add('Mul', [sum, graph.scalar(1 / count)]);
}
