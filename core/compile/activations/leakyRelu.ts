import { float, type GraphBuilder } from '../../onnx/builder';
import { type ActivationDefinition, positive } from './activationDefinition';

export const leakyRelu: ActivationDefinition = {
  monotonic: (alpha) => alpha >= 0,
  apply: (graph, input, alpha, named) => graph.add('LeakyRelu', [input], { alpha: float(alpha) }, named),
  gradient: (graph, { input, alpha, gradient }) => graph.add('Mul', [gradient, slope(graph, input, alpha)]),
};

/** Up to a slope of 1, clipping a hugely scaled input is the quickest way to `x > 0 ? 1 : alpha`. */
function slope(graph: GraphBuilder, input: string, alpha: number): string {
  const one = graph.scalar(1);
  if (alpha < 0 || alpha > 1) return graph.add('Where', [positive(graph, input), one, graph.scalar(alpha)]);
  return graph.add('Clip', [graph.add('Mul', [input, graph.scalar(1e30)]), graph.scalar(alpha), one]);
}
