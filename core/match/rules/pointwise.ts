import { t } from '../../l10n';
import { reshaped } from '../graph/constants';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import { replaceBetween } from './relayout';
import type { Rule } from './rule';

/**
 * A convolution whose kernel is 1 everywhere is a dense layer at every position: `nn.Conv1d(8, 16, 1)` on `[batch, channels,
 * length]` is `nn.Linear(8, 16)` on `[batch, length, channels]`.
 *
 * Near miss: a stride, padding or groups; a kernel of 1 x 3.
 */
export const pointwise: Rule = {
  name: 'pointwise',
  commutes: true,
  operators: ['convolution'],
  apply(node, graph) {
    const weight = node.parameters.get('weight');
    const rank = graph.shape(outputOf(node))?.length;
    const input = node.inputs[0];
    if (!weight || !input || rank !== weight.shape.length || !isPointwise(node) || willBeNormalized(node, graph))
      return false;
    const channels = weight.shape[0]!;
    replaceBetween(graph, [node], {
      input,
      before: [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1],
      op: 'dense',
      settings: { unit: channels },
      parameters: new Map([...node.parameters, ['weight', reshaped(weight, [channels, weight.shape[1]!])]]),
      ...(node.normalization ? { normalization: node.normalization } : {}),
      rule: { name: pointwise.name, message: t('a convolution of kernel 1 for a dense layer at every position') },
    });
    return true;
  },
};

function isPointwise({ settings, dropouts }: GraphNode): boolean {
  const all = (key: string, value: number): boolean => {
    const numbers = settings[key];
    return typeof numbers === 'object' && numbers.every((each) => each === value);
  };
  return all('kernel', 1) && all('stride', 1) && all('padding', 0) && settings.groups === 1 && dropouts.length === 0;
}

/** A batch normalization behind it becomes part of it first. */
function willBeNormalized(node: GraphNode, graph: MatchGraph): boolean {
  const user = graph.soleUser(outputOf(node));
  return user !== undefined && /^(BatchNormalization|batch_normalization)$/.test(user.op);
}
