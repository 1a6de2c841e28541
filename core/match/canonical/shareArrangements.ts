import { scalar } from '../graph/constants';
import { type GraphNode, intAttribute, type MatchGraph, outputOf } from '../graph/graph';
import { permutationOf } from '../graph/operatorArguments';

/**
 * A value that is transposed, cut, regrouped or cast in the same way for several users is so once, and so is a count up to a size:
 * some exporters write it for each of them. At the end only: until then each of them may meet its inverse.
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

/** What the node does to which value; nothing for operators that are not shared. */
function keyOf(node: GraphNode, graph: MatchGraph): string | undefined {
  const [input] = node.inputs;
  const shape = graph.shape(outputOf(node));
  if (graph.outputs.includes(outputOf(node))) return undefined;
  if (node.op === 'Range')
    return `${node.op} ${node.inputs.map((name) => scalar(graph.constant(name)) ?? name).join()}`;
  if (node.inputs.length !== 1) return undefined;
  switch (node.op) {
    case 'Transpose':
      return shape && `${node.op} ${input} ${permutationOf(node, shape.length).join()}`;
    case 'Cast':
      return `${node.op} ${input} ${intAttribute(node, 'to', 0)}`;
    case 'slice':
    case 'size':
      return `${node.op} ${input} ${JSON.stringify(node.settings)}`;
    case 'Reshape':
    case 'reshape':
      return shape && `${node.op} ${input} ${shape.join()}`;
    default:
      return undefined;
  }
}
