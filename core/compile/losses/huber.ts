import { elementwise, type LossDefinition } from './lossDefinition';

/** Squared (halved) up to a difference of 1, linear beyond: with `c = clip(d, -1, 1)` it is `c * (d - c / 2)`, and its slope is `c`. */
export const huber: LossDefinition = {
  emit(graph, values) {
    const difference = graph.add('Sub', [values.output, values.target]);
    const clipped = graph.add('Clip', [difference, graph.scalar(-1), graph.scalar(1)]);
    const rest = graph.add('Sub', [difference, graph.add('Mul', [clipped, graph.scalar(0.5)])]);
    return elementwise(graph, values, { loss: graph.add('Mul', [clipped, rest]), gradient: () => clipped });
  },
  predict: (_graph, output) => output,
};
