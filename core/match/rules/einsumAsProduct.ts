import { t } from '../../l10n';
import { plainNode } from '../graph/arrange';
import { transposed } from '../graph/constants';
import { type Einsum, einsumOf } from '../graph/einsum';
import { type GraphNode, type MatchGraph, outputOf, type TensorShape } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `Einsum` that sums over one axis of two values is a `MatMul` between transpositions: `bhqd,bhkd->bhqk`, the scores of
 * attention, or `bld,de->ble`, a dense layer.
 *
 * Near miss: a sum over several axes or none; several axes of the right value that the left one does not have.
 */
export const einsumAsProduct: Rule = {
  name: 'einsum-as-product',
  operators: ['Einsum'],
  apply(node, graph) {
    const einsum = einsumOf(node);
    const axes = einsum && axesOf(einsum);
    const shapes = node.inputs.map((input) => graph.shape(input));
    const output = graph.shape(outputOf(node));
    if (!einsum || !axes || shapes.includes(undefined) || !output) return false;
    const [left, right] = node.inputs as [string, string];
    if (graph.constant(left) || (axes.batch.length === 0 && !graph.constant(right))) return false;
    const sizes = sizesOf(einsum, shapes as readonly TensorShape[]);
    const name = outputOf(node);
    const rows = [...axes.batch, ...axes.left];
    const between = [...rows, ...axes.right];
    const factors = [
      turned(left, einsum.left, [...rows, ...axes.summed], `${name}/left`, graph),
      turned(right, einsum.right, [...axes.batch, ...axes.summed, ...axes.right], `${name}/right`, graph),
    ];
    const shape = between.map((letter) => sizes.get(letter)!);
    replace(
      node,
      factors,
      shape,
      einsum.output.map((letter) => between.indexOf(letter)),
      graph,
    );
    return true;
  },
};

interface Axes {
  readonly batch: readonly string[];
  readonly left: readonly string[];
  readonly summed: readonly string[];
  readonly right: readonly string[];
}

function axesOf({ left, right, output }: Einsum): Axes | undefined {
  const batch = left.filter((letter) => right.includes(letter) && output.includes(letter));
  const summed = left.filter((letter) => right.includes(letter) && !output.includes(letter));
  const onlyLeft = left.filter((letter) => !right.includes(letter));
  const onlyRight = right.filter((letter) => !left.includes(letter));
  const isProduct = summed.length === 1 && onlyRight.length === 1 && (batch.length === 0 || onlyLeft.length === 1);
  const isComplete = [...onlyLeft, ...onlyRight].every((letter) => output.includes(letter));
  return isProduct && isComplete ? { batch, left: onlyLeft, summed, right: onlyRight } : undefined;
}

function sizesOf({ left, right }: Einsum, [a, b]: readonly TensorShape[]): Map<string, TensorShape[number]> {
  return new Map([
    ...left.map((letter, axis) => [letter, a![axis]!] as const),
    ...right.map((letter, axis) => [letter, b![axis]!] as const),
  ]);
}

/** A factor with its axes in the order of a product; a constant is laid out anew. */
function turned(
  value: string,
  from: readonly string[],
  to: readonly string[],
  name: string,
  graph: MatchGraph,
): string {
  const permutation = to.map((letter) => from.indexOf(letter));
  if (permutation.every((axis, place) => axis === place)) return value;
  const constant = graph.constant(value);
  graph.shapes.set(
    name,
    permutation.map((axis) => graph.shape(value)![axis]!),
  );
  if (constant) graph.constants.set(name, transposed(constant, permutation));
  else {
    const attributes = new Map([['perm', { type: 'ints', value: permutation } as const]]);
    graph.add(plainNode({ op: 'Transpose', inputs: [value], outputs: [name], attributes }));
  }
  return name;
}

function replace(
  node: GraphNode,
  factors: string[],
  shape: TensorShape,
  permutation: readonly number[],
  graph: MatchGraph,
): void {
  const rule = { name: einsumAsProduct.name, message: t('a product written as Einsum') };
  if (permutation.every((axis, place) => axis === place)) {
    graph.replace([node], { op: 'MatMul', inputs: factors }, rule);
    return;
  }
  const product = `${outputOf(node)}/product`;
  graph.shapes.set(product, shape);
  const attributes = new Map([['perm', { type: 'ints', value: permutation } as const]]);
  const behind = graph.replace([node], { op: 'Transpose', inputs: [product], attributes }, rule);
  const taken = {
    origin: behind.origin.splice(0),
    applied: behind.applied.splice(0),
    dropouts: behind.dropouts.splice(0),
  };
  graph.add(plainNode({ op: 'MatMul', inputs: factors, outputs: [product], ...taken }));
}
