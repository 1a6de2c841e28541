import { t } from '../../l10n';
import { type GraphNode, type MatchGraph, outputOf } from '../graph';
import { permutationOf } from '../infer';
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
    graph.replace(
      [first, node],
      { op: 'Transpose', inputs: first.inputs, attributes: new Map([['perm', { type: 'ints', value: permutation }]]) },
      { name: transposePairs.name, message: t('two transpositions, taken together') },
    );
    return true;
  },
};

/**
 * A `Transpose` before an elementwise activation is moved behind it, where it can meet its inverse.
 *
 * Near miss: softmax, which works along an axis.
 */
export const transposeBehindActivation: Rule = {
  name: 'transpose-behind-activation',
  commutes: true,
  operators: ['activation'],
  apply(node, graph) {
    const transpose = graph.soleProducer(node.inputs[0]);
    if (transpose?.op !== 'Transpose' || node.settings.activation === 'softmax') return false;
    swap(transpose, node, graph);
    return true;
  },
};

function swap(transpose: GraphNode, activation: GraphNode, graph: MatchGraph): void {
  const between = `${outputOf(activation)}/before transposing`;
  const input = transpose.inputs[0]!;
  const shape = graph.shape(input);
  if (shape) graph.shapes.set(between, shape);
  const moved = graph.replace([transpose, activation], {
    op: 'Transpose',
    inputs: [between],
    attributes: transpose.attributes,
  });
  moved.origin.splice(0, moved.origin.length, ...transpose.origin);
  moved.applied.splice(0, moved.applied.length, ...transpose.applied);
  graph.add({ ...activation, inputs: [input], outputs: [between] });
  moved.dropouts.splice(0, moved.dropouts.length);
}
