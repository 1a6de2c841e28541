import { t } from '../../l10n';
import type { AppliedRule } from '../graph/graph';
import { type GraphNode, intAttribute, intsAttribute, stringAttribute } from '../graph/graph';
import { windowOf } from '../graph/windows';
import type { Rule } from './rule';

/**
 * `Conv` with constant weights, its window in numbers: PyTorch's TorchScript exporter writes `padding='same'` as
 * `auto_pad=SAME_UPPER`, the dynamo exporter as pads.
 *
 * Near miss: `SAME_UPPER` with a stride on an input whose size is not known, which stays `same`; weights that are inputs.
 */
export const convolution: Rule = {
  name: 'padding-in-numbers',
  operators: ['Conv'],
  apply(node, graph) {
    const [input, weightName, biasName] = node.inputs;
    const weight = graph.constant(weightName);
    const bias = graph.constant(biasName);
    if (!input || !weight || weight.shape.length < 3 || (biasName && !bias)) return false;
    const kernel = intsAttribute(node, 'kernel_shape') ?? weight.shape.slice(2);
    const window = windowOf(node, graph.shape(input), kernel);
    graph.replace(
      [node],
      {
        op: 'convolution',
        inputs: [input],
        settings: {
          kernel,
          channel: weight.shape[0]!,
          stride: intsAttribute(node, 'strides') ?? kernel.map(() => 1),
          padding: window?.pads ?? stringAttribute(node, 'auto_pad', 'NOTSET'),
          dilation: intsAttribute(node, 'dilations') ?? kernel.map(() => 1),
          groups: intAttribute(node, 'group', 1),
        },
        parameters: new Map([['weight', weight], ...(bias ? ([['bias', bias]] as const) : [])]),
      },
      window && automaticPadding(node),
    );
    return true;
  },
};

/** Said where padding was given as `auto_pad`. */
export function automaticPadding(node: GraphNode): AppliedRule | undefined {
  const automatic = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (!automatic.startsWith('SAME')) return undefined;
  return { name: convolution.name, message: t('padding written as {0} instead of numbers', automatic) };
}
