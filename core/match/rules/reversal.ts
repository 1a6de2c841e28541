import { t } from '../../l10n';
import { plainNode } from '../graph/arrange';
import { type GraphNode, intAttribute, isKnown, type MatchGraph, outputOf } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';
import { reversedAxis } from '../graph/sliceRanges';
import type { Rule } from './rule';

/**
 * A `ReverseSequence` over the whole length of every sample, or a `Slice` backwards over a whole axis (`torch.flip`), as a
 * `reversal` of that axis.
 *
 * Near miss: lengths per sample; a slice that leaves some out.
 */
export const reversal: Rule = {
  name: 'reversal',
  operators: ['ReverseSequence', 'Slice'],
  apply(node, graph) {
    const axis = node.op === 'Slice' ? reversedAxis(node, graph) : wholeSequences(node, graph);
    if (axis === undefined) return false;
    graph.replace([node], { op: 'reversal', inputs: node.inputs.slice(0, 1), settings: { axis } });
    return true;
  },
};

function wholeSequences(node: GraphNode, graph: MatchGraph): number | undefined {
  const [input, lengths] = node.inputs;
  const [axis, batch] = [intAttribute(node, 'time_axis', 0), intAttribute(node, 'batch_axis', 1)];
  const length = graph.size(input, axis);
  if (length === undefined || axis === batch) return undefined;
  const filling = graph.producer(lengths)?.op === 'Expand' ? graph.producer(lengths)!.inputs[0] : lengths;
  const counts = graph.integers.get(filling ?? '');
  const isWhole = isKnown(counts) && counts.length > 0 && counts.every((count) => count === length);
  return isWhole ? axis : undefined;
}

/** A value whose positions are in the order from last to first, and the axis that they are on. */
export interface Reversal {
  readonly input: string;
  readonly axis: number;
  readonly length: number;
}

export function reversalOf(node: GraphNode | undefined, graph: MatchGraph): Reversal | undefined {
  const [input] = node?.op === 'reversal' ? node.inputs : [];
  const axis = Number(node?.settings.axis);
  const length = graph.size(input, axis);
  return input !== undefined && length !== undefined ? { input, axis, length } : undefined;
}

/**
 * What is turned round twice is as it was, and positions that are put one behind the other and then turned round are put
 * together the other way round: the backward half of Keras' `Bidirectional`.
 *
 * Near miss: parts of several positions, another axis.
 */
export const reversalUndone: Rule = {
  name: 'reversal-undone',
  operators: ['reversal'],
  apply(node, graph) {
    const found = reversalOf(node, graph);
    const before = graph.producer(found?.input);
    if (!found || !before) return false;
    const message = t('positions turned round twice');
    if (reversalOf(before, graph)?.axis === found.axis) {
      const both = graph.replace([node], { op: 'Identity', inputs: before.inputs });
      graph.bypass(both, { name: reversalUndone.name, message });
      return true;
    }
    if ((before.op !== 'Concat' && before.op !== 'concatenate') || before.inputs.length !== found.length) return false;
    const rank = graph.shape(found.input)!.length;
    const axis = Number(before.settings.axis ?? intAttribute(before, 'axis', 0));
    if ((axis + rank) % rank !== found.axis) return false;
    const absorbed = graph.soleUser(found.input) === node ? [before, node] : [node];
    graph.replace(
      absorbed,
      { op: 'concatenate', inputs: [...before.inputs].reverse(), settings: { axis: found.axis } },
      { name: reversalUndone.name, message },
    );
    return true;
  },
};

/** Positions that are transposed and then turned round are turned round first, on the axis that they have there. */
export const reversalInFront: Rule = {
  name: 'reversal-in-front',
  operators: ['reversal'],
  apply(node, graph) {
    const transpose = graph.producer(node.inputs[0]);
    const found = transpose?.op === 'Transpose' ? reversalOf(node, graph) : undefined;
    const [input] = transpose?.inputs ?? [];
    const shape = graph.shape(input);
    if (!found || !transpose || !input || !shape) return false;
    const { attributes } = transpose;
    const axis = permutationOf(transpose, shape.length)[found.axis]!;
    const turned = `${outputOf(node)}/turned round`;
    graph.shapes.set(turned, shape);
    graph.replace([node], { op: 'Transpose', inputs: [turned], attributes });
    graph.add(plainNode({ op: 'reversal', inputs: [input], outputs: [turned], settings: { axis } }));
    return true;
  },
};
