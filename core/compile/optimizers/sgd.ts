import { decayed, type OptimizerDefinition } from './optimizerDefinition';

/** Gradient descent; with a momentum, `velocity = momentum * velocity + gradient` moves the parameter. */
export const sgd: OptimizerDefinition = {
  slots: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
  scalars: (_optimizer, _step, learningRate) => ({ learning_rate: learningRate }),
  update(graph, optimizer, values) {
    const { parameter, slots, next, scalar } = values;
    let direction = decayed(graph, optimizer, values);
    if (slots.length > 0) {
      const kept = graph.add('Mul', [slots[0], graph.scalar(optimizer.momentum)]);
      direction = graph.add('Add', [kept, direction], {}, { outputs: [next.slots[0]] });
    }
    const step = graph.add('Mul', [direction, scalar('learning_rate')]);
    graph.add('Sub', [parameter, step], {}, { outputs: [next.parameter] });
  },
};
