import { t } from '../../l10n';
import { permutationOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * Two `Transpose`s in a row are one, and none if the second undoes the first: between NHWC and NCHW parts, as tf2onnx and
 * `permute` in PyTorch leave them.
 *
 * Near miss: permutations that do not undo each other stay one transposition.
 */
export const transposePairs: Rule = {
  name: 'transpose-pair',
  operators: ['Transpose'],
  apply(node, graph) {
    const first = graph.soleProducer(node.inputs[0]);
    const rank = graph.shape(node.inputs[0])?.length;
    if (first?.op !== 'Transpose' || rank === undefined) return false;
    const inner = permutationOf(first, rank);
    const permutation = permutationOf(node, rank).map((axis) => inner[axis]!);
    const areOfFile = first.origin.length > 0 && node.origin.length > 0;
    const message = t('two transpositions, taken together');
    graph.replace(
      [first, node],
      { op: 'Transpose', inputs: first.inputs, attributes: new Map([['perm', { type: 'ints', value: permutation }]]) },
      areOfFile ? { name: transposePairs.name, message } : undefined,
    );
    return true;
  },
};
