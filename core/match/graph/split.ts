import { type GraphNode, intAttribute, intsAttribute, isKnown, type MatchGraph } from './graph';

/** The axis of a Split, counted from the front. */
export function splitAxis(node: GraphNode, rank: number): number {
  return (intAttribute(node, 'axis', 0) + rank) % Math.max(1, rank);
}

/** The sizes of a Split's outputs: an attribute before opset 13, an input since, else equal parts. */
export function splitSizes(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const given = intsAttribute(node, 'split');
  if (given) return given;
  if (node.inputs[1]) {
    const input = graph.integers.get(node.inputs[1]);
    return isKnown(input) ? input : undefined;
  }
  const rank = graph.shape(node.inputs[0])?.length ?? 0;
  const size = graph.size(node.inputs[0], splitAxis(node, rank));
  if (size === undefined) return undefined;
  const each = Math.ceil(size / node.outputs.length);
  return node.outputs.map((_, place) => Math.max(0, Math.min(each, size - place * each)));
}
