import type { GraphBuilder } from '../../onnx/builder';
import { type ActivationDefinition, never } from './activationDefinition';

/** `x * P(x)` with the normal distribution's `P` (exact form, by erf): Hendrycks and Gimpel 2016. One operator from opset 20. */
export const gelu: ActivationDefinition = {
  monotonic: never,
  apply(graph, input, _alpha, named) {
    if (graph.opset >= 20) return graph.add('Gelu', [input], {}, named);
    return graph.add('Mul', [input, distribution(graph, input)], {}, named);
  },
  gradient(graph, { input, gradient }) {
    const halfSquare = graph.add('Mul', [graph.add('Mul', [input, input]), graph.scalar(-0.5)]);
    const density = graph.add('Mul', [graph.add('Exp', [halfSquare]), graph.scalar(1 / Math.sqrt(2 * Math.PI))]);
    const slope = graph.add('Add', [distribution(graph, input), graph.add('Mul', [input, density])]);
    return graph.add('Mul', [gradient, slope]);
  },
};

/** `(1 + erf(x / sqrt 2)) / 2` */
function distribution(graph: GraphBuilder, input: string): string {
  const erf = graph.add('Erf', [graph.add('Mul', [input, graph.scalar(Math.SQRT1_2)])]);
  return graph.add('Mul', [graph.add('Add', [erf, graph.scalar(1)]), graph.scalar(0.5)]);
}
