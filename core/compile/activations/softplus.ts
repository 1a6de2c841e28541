import { type ActivationDefinition, always } from './activationDefinition';

/** `log(1 + exp(x))`; the slope is the sigmoid. */
export const softplus: ActivationDefinition = {
  monotonic: always,
  apply: (graph, input, _alpha, named) => graph.add('Softplus', [input], {}, named),
  gradient: (graph, { input, gradient }) => graph.add('Mul', [gradient, graph.add('Sigmoid', [input])]),
};
