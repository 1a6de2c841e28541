import { type ActivationDefinition, always, positive } from './activationDefinition';

const alpha = 1.6732631921768188;
const gamma = 1.0507010221481323;

/** Klambauer et al. 2017, with ONNX's constants: `gamma * (x > 0 ? x : alpha * (exp(x) - 1))`. */
export const selu: ActivationDefinition = {
  monotonic: always,
  apply: (graph, input, _alpha, named) => graph.add('Selu', [input], {}, named),
  gradient(graph, { input, output, gradient }) {
    const below = graph.add('Add', [output, graph.scalar(alpha * gamma)]);
    const slope = graph.add('Where', [positive(graph, input), graph.scalar(gamma), below]);
    return graph.add('Mul', [gradient, slope]);
  },
};
