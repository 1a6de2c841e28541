import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import { isActivation } from './activation';
import { gateSum } from './gateSum';
import { isZeroState } from './recurrent';
import { replaceByCell, sidesOf } from './recurrentCell';
import type { Rule } from './rule';

/**
 * One step of a plain recurrent layer in its parts (`nn.RNNCell`, Keras' loops, a `Linear` of the input beside the state): `tanh`
 * or `relu` of a dense layer on the sequence at one position plus one on the state of the step before. It is kept as an
 * `rnn_cell` until all steps are known.
 *
 * Near miss: two dense layers of which none sees a state or zeros; a third one; other activations; what is reckoned with
 * further, as an LSTM's and a GRU's candidates are.
 */
export const rnnCell: Rule = {
  name: 'rnn-cell',
  operators: ['activation'],
  apply(node, graph) {
    const { activation } = node.settings;
    const units = graph.size(outputOf(node), 1);
    const isUsual = (isActivation(node, 'tanh') || isActivation(node, 'relu')) && !isCandidate(node, graph);
    const sum = isUsual && units !== undefined ? gateSum(node.inputs[0]!, units, graph) : undefined;
    const state = sum?.terms.map(({ dense }) => dense.inputs[0]!).find((value) => isState(value, graph));
    const [side] = (sum && state !== undefined && sidesOf([sum], state, graph)) || [];
    if (!sum || !side || state === undefined || units === undefined || sum.others.length > 0) return false;
    return replaceByCell(graph, node, {
      op: 'rnn_cell',
      own: [side],
      states: [state],
      outputs: [outputOf(node)],
      settings: { activation: activation! },
      offsets: [[side.constants, [side.x], [side.h], 0]],
      nodes: sum.nodes,
      units,
    });
  },
};

/** Multiplied by a gate, or subtracted from a state. */
function isCandidate(node: GraphNode, graph: MatchGraph): boolean {
  return graph.users(outputOf(node)).some(({ op }) => RECKONING.has(op));
}

const RECKONING: ReadonlySet<string> = new Set(['Mul', 'multiply', 'Sub', 'Add', 'add']);

function isState(value: string, graph: MatchGraph): boolean {
  const cell: GraphNode | undefined = graph.producer(value);
  return cell?.op === 'rnn_cell' || isZeroState(value, graph);
}
