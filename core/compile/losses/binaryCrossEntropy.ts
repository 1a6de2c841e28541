import { elementwise, type LossDefinition } from './lossDefinition';

/** Of logits: `softplus(x) - x * target`, averaged over all elements; the slope is `sigmoid(x) - target`. */
export const binaryCrossEntropy: LossDefinition = {
  emit(graph, values) {
    const { output, target } = values;
    const loss = graph.add('Sub', [graph.add('Softplus', [output]), graph.add('Mul', [output, target])]);
    return elementwise(graph, values, {
      loss,
      gradient: () => graph.add('Sub', [graph.add('Sigmoid', [output]), target]),
    });
  },
  predict: (graph, output) => graph.add('Sigmoid', [output]),
};
