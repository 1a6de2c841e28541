import { nearly, scalar } from '../constants';
import type { GraphNode, MatchGraph } from '../graph';

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
