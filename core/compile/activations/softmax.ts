import { type ActivationDefinition, never } from './activationDefinition';

/** Over the channels, the graph's axis 1. The gradient is `y * (dy - sum(dy * y))`. */
export const softmax: ActivationDefinition = {
  monotonic: never,
  apply: (graph, input, _alpha, named) => graph.add('Softmax', [input], { axis: 1 }, named),
  gradient(graph, { output, gradient }) {
    const weighted = graph.add('Mul', [gradient, output]);
    const total = graph.add('ReduceSum', [weighted, graph.ints([1])], { keepdims: 1 });
    return graph.add('Mul', [output, graph.add('Sub', [gradient, total])]);
  },
};
