import { t } from '../../l10n';
import { type Constant, reshaped } from '../graph/constants';
import type { GraphNode, MatchGraph } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `Mul` and `Add` with one constant per channel: how tf2onnx writes a batch normalization (`x * scale + shift`, the
 * statistics worked in).
 *
 * Near miss: one number for all channels, which is a scaling and no normalization; constants along another axis.
 */
export const scaleAndShift: Rule = {
  name: 'batch-norm-as-scale-and-shift',
  operators: ['Add'],
  apply(node, graph) {
    const add = split(node, graph);
    const multiply = add && graph.soleProducer(add.data);
    if (!add || multiply?.op !== 'Mul') return false;
    const mul = split(multiply, graph);
    const rank = mul && graph.shape(mul.data)?.length;
    if (!mul || !rank) return false;
    const scale = perChannel(mul.constant, rank);
    const shift = perChannel(add.constant, rank);
    if (!scale || !shift || scale.shape[0] !== shift.shape[0] || scale.shape[0] === 1) return false;
    graph.replace(
      [multiply, node],
      {
        op: 'batch_normalization',
        inputs: [mul.data],
        parameters: new Map([
          ['scale', scale],
          ['shift', shift],
        ]),
      },
      { name: scaleAndShift.name, message: t('batch normalization written as Mul and Add') },
    );
    return true;
  },
};

/** The data and the constant of an operator that takes them in either order. */
function split(node: GraphNode, graph: MatchGraph): { data: string; constant: Constant } | undefined {
  const [a, b] = node.inputs;
  const left = graph.constant(a);
  const right = graph.constant(b);
  if (a && right && !left) return { data: a, constant: right };
  if (b && left && !right) return { data: b, constant: left };
  return undefined;
}

/** `[C]` for rank 2, `[C, 1, 1]` for rank 4, with or without a leading 1, as `[C]`. */
function perChannel(constant: Constant, rank: number): Constant | undefined {
  const shape = [...Array.from({ length: Math.max(0, rank - constant.shape.length) }, () => 1), ...constant.shape];
  if (shape.length !== rank || shape.some((size, axis) => axis !== 1 && size !== 1)) return undefined;
  return constant.shape.length === 1 ? constant : reshaped(constant, [shape[1]!]);
}
