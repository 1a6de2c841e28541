import { nearly, scalar } from '../constants';
import { type GraphNode, intAttribute, type MatchGraph } from '../graph';
import { axesOf } from '../infer';

/** One input of a two-sided operator and the number on the other side; `undefined` when neither side is that number. */
export function withScalar(
  node: GraphNode | undefined,
  op: string,
  graph: MatchGraph,
  expected: number,
): string | undefined {
  if (node?.op !== op) return undefined;
  const [a, b] = node.inputs;
  if (nearly(scalar(graph.constant(b)), expected)) return a;
  const commutes = op === 'Add' || op === 'Mul' || op === 'Max';
  return commutes && nearly(scalar(graph.constant(a)), expected) ? b : undefined;
}

/** The other input of a node of two inputs. */
export function otherInput(node: GraphNode, value: string): string | undefined {
  const [a, b] = node.inputs;
  if (a === value) return b;
  return b === value ? a : undefined;
}

/** Whether nobody but the given nodes uses any of the nodes' outputs, the last one's apart: the pattern may be merged. */
export function isClosed(nodes: readonly GraphNode[], graph: MatchGraph): boolean {
  const inside = new Set(nodes);
  return nodes
    .slice(0, -1)
    .every((node) =>
      node.outputs.every(
        (output) =>
          !graph.outputs.includes(output) &&
          !graph.pinned.has(output) &&
          node.dropouts.length === 0 &&
          graph.users(output).every((user) => inside.has(user)),
      ),
    );
}

/** Nodes of a pattern that nobody outside of it needs once `last` is replaced; `last` is the last of them. */
export function absorbable(nodes: readonly GraphNode[], last: GraphNode, graph: MatchGraph): GraphNode[] {
  const inside = new Set(nodes.filter((node) => node !== last));
  for (let before = -1; before !== inside.size; ) {
    before = inside.size;
    for (const node of inside) {
      const needed = node.outputs.some(
        (output) =>
          graph.outputs.includes(output) ||
          graph.pinned.has(output) ||
          graph.users(output).some((user) => user !== last && !inside.has(user)),
      );
      if (needed) inside.delete(node);
    }
  }
  return [...inside, last];
}

/** What the node takes the mean of, over its last axis, which stays as one. */
export function lastAxisMean(node: GraphNode, graph: MatchGraph): string | undefined {
  const rank = graph.shape(node.inputs[0])?.length;
  const axes = node.op === 'ReduceMean' ? axesOf(node, graph) : undefined;
  // Read alone, it is the pooling of a sequence with its channels in front.
  const { keep_axes, channel_axis } = node.settings;
  if (node.op === 'global_average_pooling' && rank === 3 && keep_axes && channel_axis === undefined)
    return node.inputs[0];
  const isLast = axes?.length === 1 && (axes[0] === -1 || axes[0] === (rank ?? 0) - 1);
  return isLast && intAttribute(node, 'keepdims', 1) === 1 ? node.inputs[0] : undefined;
}

/** What the node squares. */
export function squareOf(node: GraphNode, graph: MatchGraph): string | undefined {
  const [a, b] = node.inputs;
  if ((node.op === 'Mul' || node.op === 'multiply') && a === b) return a;
  return withScalar(node, 'Pow', graph, 2);
}
