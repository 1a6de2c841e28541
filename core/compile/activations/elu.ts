import { float } from '../../onnx/builder';
import { type ActivationDefinition, positive } from './activationDefinition';

/** `x > 0 ? x : alpha * (exp(x) - 1)`; below zero the slope is `y + alpha`. */
export const elu: ActivationDefinition = {
  monotonic: (alpha) => alpha >= 0,
  apply: (graph, input, alpha, named) => graph.add('Elu', [input], { alpha: float(alpha) }, named),
  gradient(graph, { input, output, alpha, gradient }) {
    const below = graph.add('Add', [output, graph.scalar(alpha)]);
    const slope = graph.add('Where', [positive(graph, input), graph.scalar(1), below]);
    return graph.add('Mul', [gradient, slope]);
  },
};
