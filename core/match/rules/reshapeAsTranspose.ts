import { t } from '../../l10n';
import type { Attribute } from '../../onnx/model';
import { outputOf, sameShape, type TensorShape } from '../graph/graph';
import type { Rule } from './rule';

/**
 * A `Reshape` that only moves axes of size one is a `Transpose`: tf2onnx turns `[N, 30, 30, 1]` into `[N, 1, 30, 30]` so.
 *
 * Near miss: another order of the sizes that are not one, which a Reshape does not make; axes that are merged or split.
 */
export const reshapeAsTranspose: Rule = {
  name: 'reshape-as-transpose',
  operators: ['Reshape'],
  apply(node, graph) {
    const from = graph.shape(node.inputs[0]);
    const to = graph.shape(outputOf(node));
    const permutation = from && to && movedOnes(from, to);
    if (!permutation || !node.inputs[0]) return false;
    const attributes = new Map<string, Attribute>([['perm', { type: 'ints', value: permutation }]]);
    graph.replace(
      [node],
      { op: 'Transpose', inputs: [node.inputs[0]], attributes },
      { name: reshapeAsTranspose.name, message: t('transposition of one channel written as Reshape') },
    );
    return true;
  },
};

/** The permutation from one shape to the other that keeps the order of ones and of others. */
function movedOnes(from: TensorShape, to: TensorShape): readonly number[] | undefined {
  if (from.length !== to.length || sameShape(from, to)) return undefined;
  const axes = from.map((size, axis) => ({ size, axis }));
  const ones = axes.filter(({ size }) => size === 1);
  const others = axes.filter(({ size }) => size !== 1);
  const order = to.map((size) => (size === 1 ? ones : others).shift());
  return order.every((place, axis) => place?.size === to[axis]) ? order.map((place) => place!.axis) : undefined;
}
