import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { plainNode } from '../graph/arrange';
import { outputOf } from '../graph/graph';
import type { Rule } from './rule';

/** Operators that pick or move values, whatever they stand for. */
const PICKING = new Set([
  'MaxPool',
  'max_pooling',
  'global_max_pooling',
  'Reshape',
  'reshape',
  'Transpose',
  'Flatten',
  'flatten',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'slice',
  'Identity',
]);

/**
 * Integers of 8 bits that are pooled or moved are moved as the numbers that they stand for: `DequantizeLinear` goes in front. A
 * larger integer stands for a larger number.
 *
 * Near miss: a scale for each channel; an average, which is rounded; a `Gather` of a table, whose rows stay in 8 bits.
 */
export const numbersFirst: Rule = {
  name: 'numbers-first',
  operators: ['DequantizeLinear'],
  apply(node, graph) {
    const [value, scale, zero] = node.inputs;
    const picking = graph.producer(value);
    const source = picking?.inputs[0];
    const step = graph.constant(scale);
    if (!value || !picking || !source || !PICKING.has(picking.op) || picking.outputs.length > 1) return false;
    if (!step || elementCount(step.shape) !== 1 || graph.soleUser(value) !== node) return false;
    if (!((step.values()?.[0] ?? 0) > 0)) return false;
    const before = `${outputOf(node)}/before`;
    const shape = graph.shape(source);
    if (shape) graph.shapes.set(before, shape);
    const { op, inputs, settings, attributes, parameters } = picking;
    const message = t('{0} of integers', picking.origin[0]?.opType ?? op);
    graph.replace(
      [picking, node],
      { op, inputs: [before, ...inputs.slice(1)], settings, attributes, parameters },
      { name: numbersFirst.name, message },
    );
    const by = zero ? [scale!, zero] : [scale!];
    graph.add(
      plainNode({ op: 'DequantizeLinear', inputs: [source, ...by], outputs: [before], attributes: node.attributes }),
    );
    return true;
  },
};
