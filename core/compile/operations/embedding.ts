import type { Embedding } from '../../shape/network';
import { type OperationCompiler, parameterOf } from '../emission';
import { channels } from '../layout';
import { lastNode, mainNode } from './naming';

/** A Gather of rows, then channels first. */
export const embedding: OperationCompiler<Embedding> = {
  infer(emission, operation, [input]) {
    const { graph } = emission;
    const weight = emission.parameter(parameterOf(operation, 'weight'));
    const named = emission.named(operation);
    const rows = graph.add('Gather', [weight, input], { axis: 0 }, mainNode(graph, named));
    return graph.add('Transpose', [rows], { perm: [0, 2, 1] }, lastNode(named, 'transpose'));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const parameter = parameterOf(operation, 'weight');
    const dimension = channels(operation.outputShape);
    const rows = graph.add('Gather', [emission.parameter(parameter), input], { axis: 0 });
    return {
      output: graph.add('Transpose', [rows], { perm: [0, 2, 1] }),
      backward(gradient) {
        const perPosition = graph.add('Transpose', [gradient], { perm: [0, 2, 1] });
        const updates = graph.add('Reshape', [perPosition, graph.ints([-1, dimension])]);
        emission.addGradient(parameter, updates, graph.add('Reshape', [input, graph.ints([-1])]));
        return [undefined];
      },
    };
  },
};
