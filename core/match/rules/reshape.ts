import { type GraphNode, isKnown, type MatchGraph, outputOf, type Setting, type TensorShape } from '../graph/graph';
import { schemeShape } from '../graph/wording';
import type { Rule } from './rule';

/**
 * A `Reshape` that no other rule took, by the sizes that it comes to, however its target is written: `0` or `-1` for the batch,
 * constants or sizes of other values; `Squeeze`, `Unsqueeze` and `Flatten` are one too, and several in a row are the last one. For
 * the end, since others look for them among their nodes.
 *
 * Near miss: another number of rows than the batch has, which stays a `Reshape` of its own kind.
 */
export const reshape: Rule = {
  name: 'reshape',
  operators: ['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'],
  apply(node, graph) {
    const before = graph.producer(node.inputs[0]);
    const [input] = before && isReshape(before, graph) ? before.inputs : node.inputs;
    const from = graph.shape(input);
    const to = graph.shape(outputOf(node));
    if (!input || !from || !to || node.settings.size !== undefined) return false;
    const shape = from[0] === to[0] && isKnown(to.slice(1)) ? schemeShape(to) : undefined;
    const settings: Record<string, Setting> = shape ? { shape } : { size: spelled(to) };
    const absorbed = before && input !== node.inputs[0] && graph.soleUser(outputOf(before)) ? [before, node] : [node];
    graph.replace(absorbed, { op: shape ? 'reshape' : 'Reshape', inputs: [input], settings });
    return true;
  },
};

/** One that this rule has taken before. */
function isReshape(node: GraphNode, graph: MatchGraph): boolean {
  return (node.op === 'reshape' || node.op === 'Reshape') && graph.shape(node.inputs[0]) !== undefined;
}

/** Symbols mean the same in both graphs by their place, not by their names. */
export function spelled(shape: TensorShape): string {
  return shape.map((size) => (typeof size === 'number' ? size : size.replace(/[^\d·]+\d*/g, 'n'))).join(' x ');
}
