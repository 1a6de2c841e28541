import { elementCount } from '../../onnx/tensor';
import { otherInput } from '../graph/pattern';
import type { Rule } from './rule';

/**
 * `a * (b * c)` with a constant per channel `c` is `(a * b) * c`: tf2onnx moves the scale of a batch normalization into the
 * activation in front of it, where neither would be found.
 *
 * Near miss: one number instead of one per channel, which may be part of the activation itself; a product that is used
 * elsewhere too.
 */
export const factorOutside: Rule = {
  name: 'factor-outside',
  operators: ['Mul', 'multiply'],
  apply(node, graph) {
    for (const value of node.inputs) {
      const other = otherInput(node, value);
      const inner = graph.soleProducer(value);
      if (inner?.op !== 'Mul' || !other || other === value || graph.constant(other)) continue;
      const constantName = inner.inputs.find((input) => graph.constant(input));
      const factor = constantName && otherInput(inner, constantName);
      const constant = graph.constant(constantName);
      if (!constantName || !factor || !constant || elementCount(constant.shape) === 1 || graph.constant(factor))
        continue;
      const product = `${node.outputs[0]}/without factor`;
      const shape = graph.shape(node.outputs[0]);
      if (inner.dropouts.length > 0 || !shape || constant.shape.length > shape.length) continue;
      graph.shapes.set(product, shape);
      graph.add({ ...node, inputs: [other, factor], outputs: [product], origin: [], applied: [], dropouts: [] });
      graph.replace([inner, node], { op: 'Mul', inputs: [product, constantName] });
      return true;
    }
    return false;
  },
};
