import { intAttribute, intsAttribute, stringAttribute } from '../graph/graph';
import { windowOf } from '../graph/windows';
import { automaticPadding } from './convolution';
import type { Rule } from './rule';

/**
 * `MaxPool` and `AveragePool` with their window in numbers; `ceil_mode` becomes the padding behind that it stands for.
 *
 * Near miss: a `MaxPool` whose indices are used; an average over padding with `ceil_mode`, which counts differently.
 */
export const pooling: Rule = {
  name: 'pooling',
  operators: ['MaxPool', 'AveragePool'],
  apply(node, graph) {
    const [input] = node.inputs;
    const kernel = intsAttribute(node, 'kernel_shape');
    const indices = node.outputs[1];
    if (!input || !kernel || (indices && graph.users(indices).length > 0)) return false;
    const window = windowOf(node, graph.shape(input), kernel);
    const padded = window ? window.pads.some((size) => size > 0) : true;
    const countsPadding = padded && intAttribute(node, 'count_include_pad', 0) === 1;
    const ceil = intAttribute(node, 'ceil_mode', 0) === 1;
    if (countsPadding && ceil) return false;
    graph.replace(
      [node],
      {
        op: node.op === 'MaxPool' ? 'max_pooling' : 'average_pooling',
        inputs: [input],
        settings: {
          pooling_size: kernel,
          pooling_stride: intsAttribute(node, 'strides') ?? kernel.map(() => 1),
          padding: window?.pads ?? `${stringAttribute(node, 'auto_pad', 'NOTSET')}${ceil ? ' ceil_mode' : ''}`,
          dilation: intsAttribute(node, 'dilations') ?? kernel.map(() => 1),
          ...(countsPadding ? { count_padding: true } : {}),
        },
      },
      window && automaticPadding(node),
    );
    return true;
  },
};
