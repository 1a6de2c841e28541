import { t } from '../../l10n';
import { type GraphNode, type MatchGraph, outputOf } from './graph';

/**
 * Takes the edges out that lead in a circle, as in a damaged file, so that whoever follows values up comes to an end. What the
 * values of a circle are cannot be told, which is said.
 */
export function breakCircles(graph: MatchGraph): void {
  const finished = new Set<GraphNode>();
  for (const output of [...graph.outputs, ...graph.pinned]) breakFrom(graph.producer(output), finished, graph);
}

function breakFrom(root: GraphNode | undefined, finished: Set<GraphNode>, graph: MatchGraph): void {
  if (!root || finished.has(root)) return;
  const open = new Set([root]);
  const stack = [{ node: root, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.next >= top.node.inputs.length) {
      finished.add(top.node);
      open.delete(top.node);
      stack.pop();
      continue;
    }
    const place = top.next++;
    const from = graph.producer(top.node.inputs[place]);
    if (!from || finished.has(from)) continue;
    if (open.has(from)) cut(top.node, place, graph);
    else {
      open.add(from);
      stack.push({ node: from, next: 0 });
    }
  }
}

function cut(node: GraphNode, place: number, graph: MatchGraph): void {
  const value = node.inputs[place]!;
  graph.undecided.push(t('the value {0} depends on itself', value));
  const inputs = node.inputs.map((input, at) => (at === place ? `${value}/in a circle ${outputOf(node)}` : input));
  node.inputs.splice(0, node.inputs.length, ...inputs);
}
