import { t } from '../../l10n';
import { plainNode } from '../graph/arrange';
import { intAttribute, isKnown, outputOf } from '../graph/graph';
import { slicedRange } from '../graph/sliceRanges';
import { splitAxis, splitSizes } from '../graph/split';
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

/**
 * `Gather` of one place of an axis is a slice of one and then without that axis: PyTorch's `unbind` is `Split, Squeeze` by
 * one exporter and a `Gather` for each by the other.
 *
 * Near miss: a list of places; an axis whose size is not known; a table, whose rows are an embedding.
 */
export const gatherOfOne: Rule = {
  name: 'slice-of-one',
  operators: ['Gather'],
  apply(node, graph) {
    const [input, place] = node.inputs;
    const shape = graph.shape(input);
    const indices = graph.integers.get(place ?? '');
    if (!input || !shape || graph.constant(input) || graph.shape(place)?.length !== 0 || !isKnown(indices))
      return false;
    const axis = (intAttribute(node, 'axis', 0) + shape.length) % Math.max(1, shape.length);
    const size = shape[axis];
    const start = indices[0]! < 0 ? indices[0]! + Number(size) : indices[0]!;
    if (typeof size !== 'number' || start < 0 || start >= size) return false;
    const between = `${outputOf(node)}/sliced`;
    graph.shapes.set(
      between,
      shape.map((each, at) => (at === axis ? 1 : each)),
    );
    const message = t('{0} written as {1}', 'Slice', 'Gather');
    const behind = graph.replace([node], { op: 'Reshape', inputs: [between] }, { name: gatherOfOne.name, message });
    const settings = { axis, start, end: start + 1 };
    graph.add(plainNode({ op: 'slice', inputs: [input], outputs: [between], settings, origin: [...behind.origin] }));
    return true;
  },
};
