import { type Dimension, type GraphNode, type MatchGraph, stringAttribute, type TensorShape } from './graph';

/** The axes of a sum over products of two values, by letter. */
export interface Einsum {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly output: readonly string[];
}

/** `Einsum` of two values with each letter once in each; `undefined` for others (a diagonal, an ellipsis). */
export function einsumOf(node: GraphNode): Einsum | undefined {
  const found = /^([a-z]+),([a-z]+)->([a-z]*)$/i.exec(stringAttribute(node, 'equation', '').replaceAll(' ', ''));
  if (!found || node.inputs.length !== 2) return undefined;
  const [left, right, output] = found.slice(1).map((letters) => [...letters]) as [string[], string[], string[]];
  const isPlain = [left, right, output].every((letters) => new Set(letters).size === letters.length);
  return isPlain ? { left, right, output } : undefined;
}

export function einsumShape(node: GraphNode, graph: MatchGraph): TensorShape | undefined {
  const einsum = einsumOf(node);
  const shapes = node.inputs.map((input) => graph.shape(input));
  if (!einsum || shapes[0]?.length !== einsum.left.length || shapes[1]?.length !== einsum.right.length)
    return undefined;
  const sizes = new Map<string, Dimension>([
    ...einsum.right.map((letter, axis) => [letter, shapes[1]![axis]!] as const),
    ...einsum.left.map((letter, axis) => [letter, shapes[0]![axis]!] as const),
  ]);
  const output = einsum.output.map((letter) => sizes.get(letter));
  return output.includes(undefined) ? undefined : (output as TensorShape);
}
