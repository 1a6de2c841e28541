import { blend, decayed, type OptimizerDefinition } from './optimizerDefinition';

/** Tieleman and Hinton 2012, as torch.optim.RMSprop; its `alpha` is `beta2`. */
export const rmsprop: OptimizerDefinition = {
  slots: ({ momentum }) => (momentum === 0 ? ['square_average'] : ['square_average', 'velocity']),
  scalars: (_optimizer, _step, learningRate) => ({ learning_rate: learningRate }),
  update(graph, optimizer, values) {
    const { parameter, slots, next, scalar } = values;
    const gradient = decayed(graph, optimizer, values);
    const square = blend(graph, optimizer.beta2, slots[0], graph.add('Mul', [gradient, gradient]), next.slots[0]);
    const divisor = graph.add('Add', [graph.add('Sqrt', [square]), graph.scalar(optimizer.epsilon)]);
    let direction = graph.add('Div', [gradient, divisor]);
    if (slots.length > 1) {
      const kept = graph.add('Mul', [slots[1], graph.scalar(optimizer.momentum)]);
      direction = graph.add('Add', [kept, direction], {}, { outputs: [next.slots[1]] });
    }
    const step = graph.add('Mul', [direction, scalar('learning_rate')]);
    graph.add('Sub', [parameter, step], {}, { outputs: [next.parameter] });
  },
};
