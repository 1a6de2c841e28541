import { type ActivationDefinition, never } from './activationDefinition';

/** `x * sigmoid(x)`; the slope is `s + y * (1 - s)`. */
export const silu: ActivationDefinition = {
  monotonic: never,
  apply: (graph, input, _alpha, named) => graph.add('Mul', [input, graph.add('Sigmoid', [input])], {}, named),
  gradient(graph, { input, output, gradient }) {
    const sigmoid = graph.add('Sigmoid', [input]);
    const rest = graph.add('Mul', [output, graph.add('Sub', [graph.scalar(1), sigmoid])]);
    return graph.add('Mul', [gradient, graph.add('Add', [sigmoid, rest])]);
  },
};
