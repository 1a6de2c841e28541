import type { GraphBuilder, NodeOptions } from '../../onnx/builder';

/** Dense layers at every position of a sequence, `[batch, channels, length]`, with weights `[out, in]`. */
export function densePositions(
  graph: GraphBuilder,
  value: string,
  weight: string,
  bias: string | undefined,
  named?: NodeOptions,
): string {
  const product = graph.add('MatMul', [weight, value], {}, bias === undefined ? named : undefined);
  if (bias === undefined) return product;
  return graph.add('Add', [product, graph.add('Unsqueeze', [bias, graph.ints([1])])], {}, named);
}

/** The gradient of the weight: one product over all positions of all samples. */
export function densePositionsWeightGradient(
  graph: GraphBuilder,
  value: string,
  gradient: string,
  [inputs, outputs]: readonly [number, number],
): string {
  const rows = (each: string, channels: number) =>
    graph.add('Reshape', [graph.add('Transpose', [each], { perm: [1, 0, 2] }), graph.ints([channels, -1])]);
  return graph.add('Gemm', [rows(gradient, outputs), rows(value, inputs)], { transB: 1 });
}

export function densePositionsInputGradient(graph: GraphBuilder, weight: string, gradient: string): string {
  return graph.add('MatMul', [graph.add('Transpose', [weight], { perm: [1, 0] }), gradient]);
}
