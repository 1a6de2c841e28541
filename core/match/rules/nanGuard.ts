import { t } from '../../l10n';
import { guardOf, isSoftmax, softmaxAxis } from '../graph/attention';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import { maskedBy } from '../graph/mask';
import type { Rule } from './rule';

/**
 * Shares of a softmax that become 0 where they are not a number, as PyTorch writes it for positions that see nothing: there are
 * none where nothing is masked, or a constant mask leaves each something to see.
 *
 * Near miss: a mask that comes from the data; one in which a position sees nothing; another number than 0.
 */
export const nanGuard: Rule = {
  name: 'nan-guard',
  operators: ['Where'],
  apply(node, graph) {
    const guard = guardOf(node, graph);
    const softmax = graph.producer(guard?.value);
    const rank = graph.shape(outputOf(node))?.length;
    if (!guard || !softmax || rank === undefined || !isSoftmax(softmax)) return false;
    if (softmaxAxis(softmax, rank) !== rank - 1 || !seesSomething(graph.producer(softmax.inputs[0]), graph))
      return false;
    const message = t('a guard against NaN where none can arise');
    graph.bypass(graph.replace([node], { op: 'Identity', inputs: [guard.value] }), { name: nanGuard.name, message });
    return true;
  },
};

const SCORES = new Set(['MatMul', 'Mul', 'Div']);

function seesSomething(scores: GraphNode | undefined, graph: MatchGraph): boolean {
  if (!scores) return false;
  return SCORES.has(scores.op) || SCORES.has(graph.producer(maskedBy(scores, graph)?.input)?.op ?? '');
}
