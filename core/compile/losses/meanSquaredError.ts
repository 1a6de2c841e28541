import { elementwise, type LossDefinition } from './lossDefinition';

export const meanSquaredError: LossDefinition = {
  emit(graph, values) {
    const difference = graph.add('Sub', [values.output, values.target]);
    return elementwise(graph, values, {
      loss: graph.add('Mul', [difference, difference]),
      gradient: () => graph.add('Mul', [difference, graph.scalar(2)]),
    });
  },
  predict: (_graph, output) => output,
};
