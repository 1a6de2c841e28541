import type { GraphBuilder } from '../../onnx/builder';
import type { Optimizer } from '../../scheme/types';
import { blend, decayed, type OptimizerDefinition, type UpdateValues } from './optimizerDefinition';

const slots = ['first_moment', 'second_moment'];

/** Kingma and Ba 2015. The bias corrections depend on the step alone and are fed. */
export const adam: OptimizerDefinition = {
  slots: () => slots,
  scalars: corrections,
  update(graph, optimizer, values) {
    moveByMoments(graph, optimizer, values, values.parameter, decayed(graph, optimizer, values));
  },
};

/** Loshchilov and Hutter 2019: the decay acts on the parameter itself. */
export const adamw: OptimizerDefinition = {
  slots: () => slots,
  scalars: (optimizer, step, learningRate) => ({
    ...corrections(optimizer, step, learningRate),
    kept: 1 - learningRate * optimizer.weightDecay,
  }),
  update(graph, optimizer, values) {
    const shrunk = graph.add('Mul', [values.parameter, values.scalar('kept')]);
    moveByMoments(graph, optimizer, values, shrunk, values.gradient);
  },
};

function corrections({ beta1, beta2 }: Optimizer, step: number, learningRate: number) {
  return { step_size: learningRate / (1 - beta1 ** step), deviation_factor: 1 / Math.sqrt(1 - beta2 ** step) };
}

function moveByMoments(
  graph: GraphBuilder,
  { beta1, beta2, epsilon }: Optimizer,
  { slots: [first, second], next, scalar }: UpdateValues,
  parameter: string,
  gradient: string,
): void {
  const mean = blend(graph, beta1, first, gradient, next.slots[0]);
  const square = blend(graph, beta2, second, graph.add('Mul', [gradient, gradient]), next.slots[1]);
  const deviation = graph.add('Mul', [graph.add('Sqrt', [square]), scalar('deviation_factor')]);
  const divisor = graph.add('Add', [deviation, graph.scalar(epsilon)]);
  const step = graph.add('Div', [graph.add('Mul', [mean, scalar('step_size')]), divisor]);
  graph.add('Sub', [parameter, step], {}, { outputs: [next.parameter] });
}
