import { type GraphNode, type MatchGraph, outputOf } from './graph';
import { permutationOf } from './infer';

/**
 * A value that is transposed in the same way for several users is transposed once. At the end only: until then each of them
 * may meet its inverse.
 */
export function shareArrangements(graph: MatchGraph): void {
  const known = new Map<string, GraphNode>();
  for (const node of graph.ordered()) {
    const key = keyOf(node, graph);
    if (key === undefined) continue;
    const first = known.get(key);
    if (!first) known.set(key, node);
    else graph.bypass(graph.replace([node], { op: 'Identity', inputs: [outputOf(first)] }));
  }
}

function keyOf(node: GraphNode, graph: MatchGraph): string | undefined {
  const rank = graph.shape(node.inputs[0])?.length;
  if (node.op !== 'Transpose' || rank === undefined || graph.outputs.includes(outputOf(node))) return undefined;
  return `${node.inputs[0]} ${permutationOf(node, rank).join()}`;
}
