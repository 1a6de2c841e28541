import { type GraphNode, intsAttribute, isKnown, type MatchGraph } from './graph';

/** The axes of an operator that took them as an attribute in older opsets and takes them as an input now. */
export function axesOf(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const attribute = intsAttribute(node, 'axes');
  if (attribute) return attribute;
  const input = graph.integers.get(node.inputs[1] ?? '');
  return isKnown(input) ? input : undefined;
}

/** The pads of a Pad, for all axes: begins, then ends. */
export function padsOf(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const attribute = intsAttribute(node, 'pads') ?? intsAttribute(node, 'paddings');
  if (attribute) return attribute;
  const input = graph.integers.get(node.inputs[1] ?? '');
  if (!isKnown(input) || node.inputs[3]) return undefined;
  return input;
}

/** A Transpose's permutation; ONNX's default reverses the axes. */
export function permutationOf(node: GraphNode, rank: number): readonly number[] {
  return intsAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}
