import { type ActivationDefinition, aboveZero, always } from './activationDefinition';

/** `min(max(x, 0), 6)`; the slope is 1 strictly between. */
export const relu6: ActivationDefinition = {
  monotonic: always,
  apply: (graph, input, _alpha, named) => graph.add('Clip', [input, graph.scalar(0), graph.scalar(6)], {}, named),
  gradient(graph, { output, gradient }) {
    const belowSix = aboveZero(graph, graph.add('Sub', [graph.scalar(6), output]));
    return graph.add('Mul', [gradient, graph.add('Mul', [aboveZero(graph, output), belowSix])]);
  },
};
