import type { Recurrent } from '../../shape/network';
import { type OperationCompiler, parameterOf } from '../emission';
import { lastNode, mainNode } from './naming';
import { trainRecurrent } from './recurrent/training';

/** ONNX's LSTM or GRU, with the length in front (`[length, batch, features]`), and the result brought back to channels first. */
export const recurrent: OperationCompiler<Recurrent> = {
  infer(emission, operation, [input]) {
    const { graph } = emission;
    const named = emission.named(operation);
    const { units, bidirectional, returnSequences, outputShape } = operation;
    const sequence = graph.add('Transpose', [input], { perm: [2, 0, 1] });
    const roles = ['weight', 'recurrent_weight', 'bias'] as const;
    const values = roles.map((role) => emission.parameter(parameterOf(operation, role)));
    const result = graph.fresh('value');
    graph.addMany(
      operation.kind.toUpperCase(),
      [sequence, ...values],
      returnSequences ? [result] : ['', result],
      attributesOf(operation),
      mainNode(graph, named),
    );
    // `[length, directions, batch, units]`, or `[directions, batch, units]` for the last states.
    const perm = returnSequences ? [2, 1, 3, 0] : [1, 0, 2];
    const moved = graph.add('Transpose', [result], { perm });
    const width = bidirectional ? 2 * units : units;
    const dims = returnSequences ? [0, width, outputShape[0]] : [0, width];
    return graph.add('Reshape', [moved, graph.ints(dims)], {}, lastNode(named, 'reshape'));
  },

  train: (emission, operation, [input]) => trainRecurrent(emission, operation, input),
};

function attributesOf({ kind, units, bidirectional }: Recurrent) {
  const direction = bidirectional ? 'bidirectional' : 'forward';
  const common = { hidden_size: units, direction };
  return kind === 'gru' ? { ...common, linear_before_reset: 1 } : common;
}
