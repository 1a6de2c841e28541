import type { LossDefinition } from './lossDefinition';
import { sumOfAll } from './lossDefinition';

/** `-sum(target * log softmax(logits))`, averaged over the samples. Targets need not sum to 1. */
export const crossEntropy: LossDefinition = {
  emit(graph, { output, target, batchSize }) {
    const logarithms = graph.add('LogSoftmax', [output], { axis: 1 });
    const total = sumOfAll(graph, graph.add('Mul', [target, logarithms]));
    return {
      loss: graph.add('Neg', [graph.add('Div', [total, batchSize])]),
      gradient() {
        const mass = graph.add('ReduceSum', [target, graph.ints([1])], { keepdims: 1 });
        const expected = graph.add('Mul', [graph.add('Exp', [logarithms]), mass]);
        return graph.add('Div', [graph.add('Sub', [expected, target]), batchSize]);
      },
    };
  },
  predict: (graph, output) => graph.add('Softmax', [output], { axis: 1 }),
};
