import { t } from '../../l10n';
import { type GraphNode, intAttribute, isKnown, type MatchGraph } from '../graph';
import type { Rule } from './rule';

/** A value whose positions are in the order from last to first, and the axis that they are on. */
export interface Reversal {
  readonly input: string;
  readonly axis: number;
  readonly length: number;
}

/** What a `ReverseSequence` over the whole length of every sample turns round. */
export function reversalOf(node: GraphNode | undefined, graph: MatchGraph): Reversal | undefined {
  if (node?.op !== 'ReverseSequence') return undefined;
  const [input, lengths] = node.inputs;
  const [axis, batch] = [intAttribute(node, 'time_axis', 0), intAttribute(node, 'batch_axis', 1)];
  const length = graph.size(input, axis);
  if (!input || length === undefined || axis === batch) return undefined;
  const filling = graph.producer(lengths)?.op === 'Expand' ? graph.producer(lengths)!.inputs[0] : lengths;
  const counts = graph.integers.get(filling ?? '');
  const isWhole = isKnown(counts) && counts.length > 0 && counts.every((count) => count === length);
  return isWhole ? { input, axis, length } : undefined;
}

/**
 * Positions that are put one behind the other and then turned round are put together the other way round: the backward half of
 * Keras' `Bidirectional`.
 *
 * Near miss: lengths per sample, parts of several positions, another axis.
 */
export const reversal: Rule = {
  name: 'reversal',
  operators: ['ReverseSequence'],
  apply(node, graph) {
    const found = reversalOf(node, graph);
    const joined = graph.producer(found?.input);
    if (!found || !joined || (joined.op !== 'Concat' && joined.op !== 'concatenate')) return false;
    const rank = graph.shape(found.input)!.length;
    const axis = Number(joined.settings.axis ?? intAttribute(joined, 'axis', 0));
    if ((axis + rank) % rank !== found.axis || joined.inputs.length !== found.length) return false;
    const absorbed = graph.soleUser(found.input) === node ? [joined, node] : [node];
    graph.replace(
      absorbed,
      { op: 'concatenate', inputs: [...joined.inputs].reverse(), settings: { axis: found.axis } },
      { name: reversal.name, message: t('positions turned round twice') },
    );
    return true;
  },
};
