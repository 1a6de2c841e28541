import { float } from '../../onnx/builder';
import { type ActivationDefinition, never } from './activationDefinition';

/** `x * min(max(x / 6 + 1/2, 0), 1)`; the slope is 0 below -3, 1 above 3 and `x / 3 + 1/2` between. One operator from opset 14. */
export const hardSwish: ActivationDefinition = {
  monotonic: never,
  apply(graph, input, _alpha, named) {
    if (graph.opset >= 14) return graph.add('HardSwish', [input], {}, named);
    const gate = graph.add('HardSigmoid', [input], { alpha: float(1 / 6), beta: float(0.5) });
    return graph.add('Mul', [input, gate], {}, named);
  },
  gradient(graph, { input, gradient }) {
    const between = graph.add('Add', [graph.add('Mul', [input, graph.scalar(1 / 3)]), graph.scalar(0.5)]);
    const above = graph.add('Greater', [input, graph.scalar(3)]);
    const below = graph.add('Less', [input, graph.scalar(-3)]);
    const upper = graph.add('Where', [above, graph.scalar(1), between]);
    return graph.add('Mul', [gradient, graph.add('Where', [below, graph.scalar(0), upper])]);
  },
};
