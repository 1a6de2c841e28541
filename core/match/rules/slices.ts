import { t } from '../../l10n';
import { plainNode } from '../arrange';
import { slicedRange } from '../infer';
import { splitAxis, splitSizes } from '../split';
import type { Rule } from './rule';

/**
 * A `Slice` of a range of one axis, its bounds in numbers counted from the front, however they were worked out.
 *
 * Near miss: a step other than one; an axis whose size is not known.
 */
export const slice: Rule = {
  name: 'slice',
  operators: ['Slice'],
  apply(node, graph) {
    const range = slicedRange(node, graph);
    if (!range || !node.inputs[0]) return false;
    graph.replace([node], { op: 'slice', inputs: [node.inputs[0]], settings: { ...range } });
    return true;
  },
};

/**
 * `Split` is a slice for each of its outputs that is used: PyTorch's `chunk` is a `Split` by one exporter and slices by the
 * other.
 *
 * Near miss: sizes that are not known.
 */
export const splitAsSlices: Rule = {
  name: 'split-as-slices',
  operators: ['Split'],
  apply(node, graph) {
    const sizes = splitSizes(node, graph);
    const [input] = node.inputs;
    const rank = graph.shape(input)?.length;
    if (!sizes || !input || rank === undefined || sizes.length !== node.outputs.length) return false;
    const axis = splitAxis(node, rank);
    let end = 0;
    const parts = node.outputs.map((output, place) => {
      end += sizes[place]!;
      return { output, settings: { axis, start: end - sizes[place]!, end } };
    });
    const [first, ...others] = parts;
    const rule = { name: splitAsSlices.name, message: t('{0} written as {1}', 'Slice', 'Split') };
    const made = graph.replace(
      [node],
      { op: 'slice', inputs: [input], outputs: [first!.output], settings: first!.settings },
      rule,
    );
    for (const { output, settings } of others) {
      const origin = [...made.origin];
      graph.add(plainNode({ op: 'slice', inputs: [input], outputs: [output], settings, origin, applied: [rule] }));
    }
    return true;
  },
};
