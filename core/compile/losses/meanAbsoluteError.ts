import { elementwise, type LossDefinition } from './lossDefinition';

/** The slope at 0 is 0. */
export const meanAbsoluteError: LossDefinition = {
  emit(graph, values) {
    const difference = graph.add('Sub', [values.output, values.target]);
    return elementwise(graph, values, {
      loss: graph.add('Abs', [difference]),
      gradient: () => graph.add('Sign', [difference]),
    });
  },
  predict: (_graph, output) => output,
};
