import { type ActivationDefinition, aboveZero, always } from './activationDefinition';

export const relu: ActivationDefinition = {
  monotonic: always,
  apply: (graph, input, _alpha, named) => graph.add('Relu', [input], {}, named),
  gradient: (graph, { output, gradient }) => graph.add('Mul', [gradient, aboveZero(graph, output)]),
};
