import { intAttribute, outputOf } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `Add` and `Mul` of two computed values, `Concat` along an axis counted from the front.
 *
 * Near miss: an operand that is a constant: that is a scaling, a shift or a bias.
 */
export const merge: Rule = {
  name: 'merge',
  operators: ['Add', 'Mul', 'Sum', 'Concat'],
  apply(node, graph) {
    if (node.inputs.some((input) => input === '' || graph.constant(input))) return false;
    if (node.op !== 'Concat') {
      graph.replace([node], { op: node.op === 'Mul' ? 'multiply' : 'add', inputs: node.inputs });
      return true;
    }
    const rank = graph.shape(outputOf(node))?.length ?? graph.shape(node.inputs[0])?.length;
    const axis = intAttribute(node, 'axis', 0);
    if (axis < 0 && rank === undefined) return false;
    graph.replace([node], {
      op: 'concatenate',
      inputs: node.inputs,
      settings: { axis: axis < 0 ? axis + rank! : axis },
    });
    return true;
  },
};
