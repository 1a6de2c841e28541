import { type ActivationDefinition, always } from './activationDefinition';

/** The slope is `y * (1 - y)`. */
export const sigmoid: ActivationDefinition = {
  monotonic: always,
  apply: (graph, input, _alpha, named) => graph.add('Sigmoid', [input], {}, named),
  gradient(graph, { output, gradient }) {
    const slope = graph.add('Mul', [output, graph.add('Sub', [graph.scalar(1), output])]);
    return graph.add('Mul', [gradient, slope]);
  },
};
