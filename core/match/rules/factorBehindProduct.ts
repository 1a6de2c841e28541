import { t } from '../../l10n';
import { computedConstant, scalar } from '../graph/constants';
import { dataTypeOf } from '../graph/dataTypes';
import { type GraphNode, type MatchGraph, outputOf } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `(a s) (b t)^T` with numbers `s` and `t` is `(s t) (a b^T)`: PyTorch multiplies queries and keys with the root of attention's
 * scale each, where others scale the scores.
 *
 * Near miss: a factor per channel; an operand that is used elsewhere too; a number that is divided; weights.
 */
export const factorBehindProduct: Rule = {
  name: 'factor-behind-product',
  operators: ['MatMul'],
  commutes: true,
  apply(node, graph) {
    const output = outputOf(node);
    const shape = graph.shape(output);
    if (!shape || node.inputs.some((input) => graph.constant(input))) return false;
    const scalings = node.inputs.flatMap((input) => scalingOf(input, graph) ?? []);
    if (scalings.length === 0) return false;
    const type = dataTypeOf(output, graph) ?? 1;
    for (const { node: scaling, value } of scalings) {
      graph.bypass(graph.replace([scaling], { op: 'Identity', inputs: [value] }));
    }
    const [product, factor] = [`${output}/unscaled`, `${output}/factor`];
    const number = scalings.reduce((total, each) => total * each.factor, 1);
    graph.constants.set(
      factor,
      computedConstant([], type, () => Float64Array.of(number)),
    );
    graph.shapes.set(factor, []);
    graph.shapes.set(product, shape);
    const message = t('factors on both operands written as one behind the product');
    const moved = graph.replace(
      [node],
      { op: node.op, inputs: node.inputs, outputs: [product] },
      { name: factorBehindProduct.name, message },
    );
    graph.add({
      ...moved,
      op: 'Mul',
      inputs: [product, factor],
      outputs: [output],
      origin: [],
      applied: [],
      dropouts: [],
    });
    return true;
  },
};

interface ScalingNode {
  readonly node: GraphNode;
  readonly value: string;
  readonly factor: number;
}

/** A multiplication with one number that nobody else needs, above transpositions. */
function scalingOf(operand: string, graph: MatchGraph): ScalingNode | undefined {
  let node = graph.soleProducer(operand);
  while (node?.op === 'Transpose') node = graph.soleProducer(node.inputs[0]);
  if (node?.op !== 'Mul' && node?.op !== 'Div') return undefined;
  const [a, b] = node.inputs as [string, string];
  const isLeft = node.op === 'Mul' && graph.constant(a) !== undefined;
  const [value, number] = isLeft ? [b, scalar(graph.constant(a))] : [a, scalar(graph.constant(b))];
  const keepsAxes = graph.shape(value)?.length === graph.shape(outputOf(node))?.length;
  if (!number || !keepsAxes || node.dropouts.length > 0 || graph.constant(value)) return undefined;
  return { node, value, factor: node.op === 'Div' ? 1 / number : number };
}
