import { floatAttribute } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `HardSigmoid` with its slope and offset in numbers: one exporter writes ONNX's own offset of 0.5, the other leaves it out.
 * At the end only, since it may be a part of a hard swish.
 *
 * Near miss: another slope than the other side's.
 */
export const hardSigmoid: Rule = {
  name: 'hard-sigmoid',
  operators: ['HardSigmoid'],
  apply(node, graph) {
    if (!node.inputs[0] || node.settings.alpha !== undefined) return false;
    const settings = { alpha: floatAttribute(node, 'alpha', 0.2), beta: floatAttribute(node, 'beta', 0.5) };
    graph.replace([node], { op: node.op, inputs: [node.inputs[0]], settings });
    return true;
  },
};
