import { type ActivationDefinition, always } from './activationDefinition';

/** The slope is the sign of the output: 0 or 1. */
export const relu: ActivationDefinition = {
  monotonic: always,
  apply: (graph, input, _alpha, named) => graph.add('Relu', [input], {}, named),
  gradient: (graph, { output, gradient }) => graph.add('Mul', [gradient, graph.add('Sign', [output])]),
};
