import { type ActivationDefinition, always } from './activationDefinition';

/** The slope is `1 - y * y`. */
export const tanh: ActivationDefinition = {
  monotonic: always,
  apply: (graph, input, _alpha, named) => graph.add('Tanh', [input], {}, named),
  gradient(graph, { output, gradient }) {
    const slope = graph.add('Sub', [graph.scalar(1), graph.add('Mul', [output, output])]);
    return graph.add('Mul', [gradient, slope]);
  },
};
