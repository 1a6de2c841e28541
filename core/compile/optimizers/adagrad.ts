import { decayed, type OptimizerDefinition } from './optimizerDefinition';

/** Duchi et al. 2011. */
export const adagrad: OptimizerDefinition = {
  slots: () => ['square_sum'],
  scalars: (_optimizer, _step, learningRate) => ({ learning_rate: learningRate }),
  update(graph, optimizer, values) {
    const { parameter, slots, next, scalar } = values;
    const gradient = decayed(graph, optimizer, values);
    const squares = [slots[0], graph.add('Mul', [gradient, gradient])];
    const sum = graph.add('Add', squares, {}, { outputs: [next.slots[0]] });
    const divisor = graph.add('Add', [graph.add('Sqrt', [sum]), graph.scalar(optimizer.epsilon)]);
    const step = graph.add('Div', [graph.add('Mul', [gradient, scalar('learning_rate')]), divisor]);
    graph.add('Sub', [parameter, step], {}, { outputs: [next.parameter] });
  },
};
