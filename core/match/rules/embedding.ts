import { intAttribute } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `Gather` of the rows of a constant matrix by computed ids is an embedding.
 *
 * Near miss: columns instead of rows; a constant of another rank; the elements of a computed value.
 */
export const embedding: Rule = {
  name: 'embedding',
  operators: ['Gather'],
  apply(node, graph) {
    const [matrixName, ids] = node.inputs;
    const matrix = graph.constant(matrixName);
    if (!ids || graph.constant(ids) || graph.integers.has(ids) || matrix?.shape.length !== 2) return false;
    if (intAttribute(node, 'axis', 0) !== 0) return false;
    const [vocabulary, dimension] = matrix.shape as [number, number];
    graph.replace([node], {
      op: 'embedding',
      inputs: [ids],
      settings: { vocabulary, dimension },
      parameters: new Map([['weight', matrix]]),
    });
    return true;
  },
};
