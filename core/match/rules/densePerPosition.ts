import { t } from '../../l10n';
import { outputOf } from '../graph/graph';
import { replaceBetween } from './relayout';
import type { Rule } from './rule';

/**
 * `MatMul` with a constant matrix on the left works on `[batch, channels, length]`: it is the dense layer at every position
 * of `[batch, length, channels]` between two transpositions.
 *
 * Near miss: a constant of three axes, one matrix per batch element; a value of two axes, where nothing says what is batch.
 */
export const densePerPosition: Rule = {
  name: 'dense-per-position',
  operators: ['MatMul'],
  apply(node, graph) {
    const [matrixName, input] = node.inputs;
    const matrix = graph.constant(matrixName);
    const shape = graph.shape(input);
    const output = graph.shape(outputOf(node));
    if (!input || graph.constant(input) || matrix?.shape.length !== 2 || shape?.length !== 3 || !output) return false;
    replaceBetween(graph, [node], {
      input,
      before: [0, 2, 1],
      op: 'dense',
      settings: { unit: matrix.shape[0]! },
      parameters: new Map([['weight', matrix]]),
      rule: { name: densePerPosition.name, message: t('dense layer with the channels in front') },
    });
    return true;
  },
};
