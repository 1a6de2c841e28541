import type { Attribute } from '../../onnx/model';
import { plainNode } from '../graph/arrange';
import { type GraphNode, type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * A sum of a transposed value that comes from layers with their channels last, and of one that is not transposed, is the sum of
 * both with the channels last, transposed behind. A block with a shortcut is then the same whether the shortcut's value is kept
 * with its channels in front or last.
 *
 * Near miss: the transposed value does not come from such a layer, or the other one does: then it is the other's layout.
 */
export const mixedLayouts: Rule = {
  name: 'mixed-layouts',
  operators: ['add', 'multiply'],
  apply(node, graph) {
    if (node.inputs.length !== 2 || node.dropouts.length > 0) return false;
    for (const [place, input] of node.inputs.entries()) {
      const transpose = graph.producer(input);
      const other = node.inputs[1 - place]!;
      const shape = graph.shape(input);
      const otherShape = graph.shape(other);
      if (transpose?.op !== 'Transpose' || shape?.length !== 3 || otherShape?.length !== 3) continue;
      const from = transpose.inputs[0]!;
      const isMixed = graph.producer(other)?.op !== 'Transpose' && !hasChannelsLast(other, graph, 0);
      if (!isMixed || !hasChannelsLast(from, graph, 0)) continue;
      layOut(node, transpose, other, graph);
      return true;
    }
    return false;
  },
};

const CHANNELS_LAST = new Set([
  'dense',
  'layer_normalization',
  'rms_normalization',
  'attention',
  'lstm',
  'gru',
  'rnn',
  'embedding',
]);
const HANDING = new Set(['activation', 'add', 'multiply']);
const DEEPEST = 8;

function hasChannelsLast(value: string, graph: MatchGraph, depth: number): boolean {
  const node = graph.producer(value);
  if (!node || depth > DEEPEST) return false;
  if (CHANNELS_LAST.has(node.op)) return true;
  return HANDING.has(node.op) && node.inputs.some((input) => hasChannelsLast(input, graph, depth + 1));
}

function layOut(node: GraphNode, transpose: GraphNode, other: string, graph: MatchGraph): void {
  const permutation = permutationOf(transpose, 3);
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  const [turned, sum] = [`${outputOf(node)}/turned`, `${outputOf(node)}/channels last`];
  const shape = graph.shape(other)!;
  const lasts: TensorShape = inverse.map((axis) => shape[axis]!);
  graph.shapes.set(turned, lasts);
  graph.shapes.set(sum, lasts);
  const perm = (value: readonly number[]) => new Map<string, Attribute>([['perm', { type: 'ints', value }]]);
  const behind = graph.replace([node], { op: 'Transpose', inputs: [sum], attributes: perm(permutation) });
  const taken = {
    origin: behind.origin.splice(0),
    applied: behind.applied.splice(0),
    dropouts: behind.dropouts.splice(0),
  };
  const inputs = node.inputs.map((input) => (input === other ? turned : transpose.inputs[0]!));
  graph.add(plainNode({ op: 'Transpose', inputs: [other], outputs: [turned], attributes: perm(inverse) }));
  graph.add(plainNode({ op: node.op, inputs, outputs: [sum], settings: node.settings, ...taken }));
}
