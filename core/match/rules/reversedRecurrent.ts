import { t } from '../../l10n';
import { plainNode } from '../graph/arrange';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';
import { reversalOf } from './reversal';
import type { Rule } from './rule';

/**
 * A recurrent layer on a sequence that was turned round is one that runs from the end, with its outputs turned round:
 * `lstm(torch.flip(x, [1]))`.
 *
 * Near miss: another axis that is turned round; a layer in both directions.
 */
export const reversedRecurrent: Rule = {
  name: 'reversed-recurrent',
  operators: ['lstm', 'gru', 'rnn'],
  apply(node, graph) {
    const { direction, ...others } = node.settings;
    const input = others.bidirectional ? undefined : inOrderOf(node, graph);
    if (input === undefined) return false;
    const settings = { ...others, ...(direction === 'reverse' ? {} : { direction: 'reverse' }) };
    const layer = { op: node.op, inputs: [input], settings, parameters: node.parameters };
    const rule = { name: reversedRecurrent.name, message: t('a sequence that is turned round in front of the layer') };
    if (!others.return_sequences) {
      graph.replace([node], layer, rule);
      return true;
    }
    const inOrder = `${outputOf(node)}/in order`;
    const shape = graph.shape(outputOf(node));
    if (!shape) return false;
    graph.shapes.set(inOrder, shape);
    const behind = graph.replace([node], { op: 'reversal', inputs: [inOrder], settings: { axis: 1 } });
    graph.add(
      plainNode({
        ...layer,
        outputs: [inOrder],
        origin: behind.origin.splice(0),
        applied: [...behind.applied.splice(0), rule],
        dropouts: behind.dropouts.splice(0),
      }),
    );
    return true;
  },
};

/** The sequence as it was before it was turned round, perhaps in front of a transposition, which it then gets for itself. */
function inOrderOf(node: GraphNode, graph: MatchGraph): string | undefined {
  const producer = graph.producer(node.inputs[0]);
  const transpose = producer?.op === 'Transpose' ? producer : undefined;
  const found = reversalOf(transpose ? graph.producer(transpose.inputs[0]) : producer, graph);
  if (!found || !transpose) return found?.axis === 1 ? found.input : undefined;
  if (permutationOf(transpose, 3)[1] !== found.axis) return undefined;
  const inOrder = `${outputOf(node)}/input in order`;
  const shape = graph.shape(outputOf(transpose));
  if (shape) graph.shapes.set(inOrder, shape);
  const { attributes } = transpose;
  graph.add(plainNode({ op: 'Transpose', inputs: [found.input], outputs: [inOrder], attributes }));
  return inOrder;
}
