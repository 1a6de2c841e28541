import { t } from '../../l10n';
import { intAttribute } from '../graph/graph';
import { slicedRange } from '../graph/sliceRanges';
import type { Rule } from './rule';

/**
 * A `Slice` that takes of a `Concat` exactly what one of its inputs has put there is that input: the last output of a loop
 * whose outputs are put together.
 *
 * Near miss: a range that goes beyond one input or takes a part of it; another axis.
 */
export const partOfConcat: Rule = {
  name: 'part-of-concat',
  operators: ['Slice'],
  apply(node, graph) {
    const joined = graph.producer(node.inputs[0]);
    const range = slicedRange(node, graph);
    const rank = graph.shape(node.inputs[0])?.length ?? 0;
    if (!range || rank === 0 || (joined?.op !== 'Concat' && joined?.op !== 'concatenate')) return false;
    const axis = Number(joined.settings.axis ?? intAttribute(joined, 'axis', 0));
    if ((axis + rank) % rank !== range.axis) return false;
    let end = 0;
    const input = joined.inputs.find((part) => {
      const start = end;
      end += graph.size(part, range.axis) ?? Number.NaN;
      return start === range.start && end === range.end;
    });
    if (!input) return false;
    const message = t('one of the values that are put together, taken again');
    graph.bypass(graph.replace([node], { op: 'Identity', inputs: [input] }), { name: partOfConcat.name, message });
    return true;
  },
};
