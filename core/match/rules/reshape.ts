import { isKnown, outputOf, type Setting, type TensorShape } from '../graph/graph';
import { schemeShape } from '../graph/wording';
import type { Rule } from './rule';

/**
 * A `Reshape` that no other rule took, by the sizes that it comes to, however its target is written: `0` or `-1` for the batch,
 * constants or sizes of other values; `Squeeze`, `Unsqueeze` and `Flatten` are one too. For the end, since others look for them among
 * their nodes.
 *
 * Near miss: another number of rows than the batch has, which stays a `Reshape` of its own kind.
 */
export const reshape: Rule = {
  name: 'reshape',
  operators: ['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'],
  apply(node, graph) {
    const [input] = node.inputs;
    const from = graph.shape(input);
    const to = graph.shape(outputOf(node));
    if (!input || !from || !to || node.settings.size !== undefined) return false;
    const shape = from[0] === to[0] && isKnown(to.slice(1)) ? schemeShape(to) : undefined;
    const settings: Record<string, Setting> = shape ? { shape } : { size: spelled(to) };
    graph.replace([node], { op: shape ? 'reshape' : 'Reshape', inputs: [input], settings });
    return true;
  },
};

/** Symbols mean the same in both graphs by their place, not by their names. */
export function spelled(shape: TensorShape): string {
  return shape.map((size) => (typeof size === 'number' ? size : size.replace(/[^\d·]+\d*/g, 'n'))).join(' x ');
}
