import { transposed } from '../graph/constants';
import { type GraphNode, intAttribute, intsAttribute, stringAttribute } from '../graph/graph';
import type { Rule } from './rule';

/**
 * `ConvTranspose` with constant weights. Without groups its weights are brought to `[out, in, ...]`, as a convolution has
 * them, so that a bias or a batch normalization behind it can become part of it. `output_padding` takes from the padding at the
 * end.
 *
 * Near miss: `auto_pad` and `output_shape`, which give the padding only together with the input's size; weights that are
 * inputs.
 */
export const transposedConvolution: Rule = {
  name: 'transposed-convolution',
  operators: ['ConvTranspose'],
  apply(node, graph) {
    const [input, weightName, biasName] = node.inputs;
    const weight = graph.constant(weightName);
    const bias = graph.constant(biasName);
    if (!input || !weight || weight.shape.length < 3 || (biasName && !bias)) return false;
    if (stringAttribute(node, 'auto_pad', 'NOTSET') !== 'NOTSET' || node.attributes.has('output_shape')) return false;
    const groups = intAttribute(node, 'group', 1);
    const kernel = weight.shape.slice(2);
    const laidOut = groups === 1 ? transposed(weight, [1, 0, ...kernel.map((_, axis) => axis + 2)]) : weight;
    const ends = endsOf(node, kernel.length);
    graph.replace([node], {
      op: 'transposed_convolution',
      inputs: [input],
      settings: {
        kernel,
        channel: weight.shape[1]! * groups,
        stride: intsAttribute(node, 'strides') ?? kernel.map(() => 1),
        padding: ends.padding,
        output_padding: ends.appended,
        dilation: intsAttribute(node, 'dilations') ?? kernel.map(() => 1),
        groups,
      },
      parameters: new Map([['weight', laidOut], ...(bias ? ([['bias', bias]] as const) : [])]),
    });
    return true;
  },
};

/** What is cut off at an end and appended there again is neither. */
function endsOf(node: GraphNode, axes: number): { padding: readonly number[]; appended: readonly number[] } {
  const pads = intsAttribute(node, 'pads') ?? Array.from({ length: 2 * axes }, () => 0);
  const appended = intsAttribute(node, 'output_padding') ?? Array.from({ length: axes }, () => 0);
  const both = appended.map((size, axis) => Math.min(size, Math.max(0, pads[axes + axis]!)));
  return {
    padding: pads.map((size, place) => (place < axes ? size : size - both[place - axes]!)),
    appended: appended.map((size, axis) => size - both[axis]!),
  };
}
