import { t } from '../../l10n';
import type { Constant } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';
import { isRecurrent } from '../graph/wording';
import { sumsJoined } from './gateSum';
import type { Rule } from './rule';

/**
 * A recurrent layer beside one that runs over the same sequence from the end, their outputs put together, is one layer in both
 * directions: Keras' `Bidirectional`, where its halves are loops.
 *
 * Near miss: the backward half first; both in one direction; halves of two sequences or of different sizes.
 */
export const bothDirections: Rule = {
  name: 'both-directions',
  operators: ['concatenate'],
  apply(node, graph) {
    const [forward, backward] = node.inputs.map((input) => graph.soleProducer(input));
    if (node.inputs.length !== 2 || !forward || !backward || forward.op !== backward.op) return false;
    if (!isRecurrent(forward) || !isPair(forward, backward, graph)) return false;
    if (node.settings.axis !== (forward.settings.return_sequences ? 2 : 1)) return false;
    const roles = [...forward.parameters.keys()];
    if (roles.join() !== [...backward.parameters.keys()].join()) return false;
    const { direction: _, ...settings } = forward.settings;
    graph.replace(
      [forward, backward, node],
      {
        op: forward.op,
        inputs: forward.inputs,
        settings: { ...settings, bidirectional: true },
        parameters: new Map(
          roles.map((role) => [role, both(forward.parameters.get(role)!, backward.parameters.get(role)!)]),
        ),
      },
      { name: bothDirections.name, message: t('both directions as layers of their own') },
    );
    return true;
  },
};

function isPair(forward: GraphNode, backward: GraphNode, graph: MatchGraph): boolean {
  const [a, b] = [forward.settings, backward.settings];
  const isAlike = ['unit', 'return_sequences', 'reset_after', 'activation'].every((key) => a[key] === b[key]);
  const isOneWay = a.bidirectional === false && b.bidirectional === false;
  return (
    isAlike &&
    isOneWay &&
    a.direction === undefined &&
    b.direction === 'reverse' &&
    isSameValue(forward.inputs[0]!, backward.inputs[0]!, graph)
  );
}

/** The same, or the same transposed alike. */
function isSameValue(a: string, b: string, graph: MatchGraph): boolean {
  const [x, y] = [graph.producer(a), graph.producer(b)];
  if (a === b || x?.op !== 'Transpose' || y?.op !== 'Transpose') return a === b;
  return x.inputs[0] === y.inputs[0] && permutationOf(x, 3).join() === permutationOf(y, 3).join();
}

/** One below the other, along the axis of directions. */
function both(a: Constant, b: Constant): Constant {
  return sumsJoined([[a], [b]], [2, ...a.shape.slice(1)], a.dataType);
}
