import type { GraphBuilder } from '../../onnx/builder';

/** A loss, averaged as PyTorch's with `reduction='mean'`. */
export interface LossDefinition {
  emit(graph: GraphBuilder, values: LossValues): EmittedLoss;
  /** What the outputs say: probabilities, or the values as they are. */
  predict(graph: GraphBuilder, output: string): string;
}

export interface LossValues {
  /** Float32 `[batch, size]`: logits where the loss is made for them, else values. */
  readonly output: string;
  /** Float32 `[batch, size]`; one-hot for classes. */
  readonly target: string;
  /** A float32 scalar. */
  readonly batchSize: string;
  readonly size: number;
}

export interface EmittedLoss {
  /** A float32 scalar. */
  readonly loss: string;
  /** Emits the loss's gradient with regard to the output. */
  gradient(): string;
}

export function sumOfAll(graph: GraphBuilder, value: string): string {
  return graph.add('ReduceSum', [value], { keepdims: 0 });
}

/** The mean over all elements of a loss that is defined element by element. */
export function elementwise(
  graph: GraphBuilder,
  { batchSize, size }: LossValues,
  each: { readonly loss: string; gradient(): string },
): EmittedLoss {
  const count = graph.add('Mul', [batchSize, graph.scalar(size)]);
  return {
    loss: graph.add('Div', [sumOfAll(graph, each.loss), count]),
    gradient: () => graph.add('Div', [each.gradient(), count]),
  };
}
