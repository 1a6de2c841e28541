import { t } from '../../l10n';
import {
  type GraphNode,
  intAttribute,
  intsAttribute,
  type MatchGraph,
  outputOf,
  sameShape,
  stringAttribute,
} from '../graph';
import { padsOf, permutationOf } from '../infer';
import type { Rule } from './rule';

/**
 * Operators that hand their input on: `Identity`, a `Pad` of zeros' width, the `AveragePool` of one by one that PyTorch
 * writes for `AdaptiveAvgPool2d(7)` on 7 x 7, a `Reshape` or `Flatten` to the shape that is there, `Concat` of one input.
 *
 * Near miss: a window of one with a stride of two, which skips; a `Reshape` whose target cannot be told.
 */
export const nothing: Rule = {
  name: 'does-nothing',
  operators: [
    'Identity',
    'Pad',
    'AveragePool',
    'MaxPool',
    'Reshape',
    'Flatten',
    'Squeeze',
    'Expand',
    'Transpose',
    'Concat',
    'Sum',
    'Max',
    'Min',
    'Cast',
  ],
  apply(node, graph) {
    if (!doesNothing(node, graph)) return false;
    graph.bypass(node, { name: nothing.name, message: t('{0} that does nothing, left out', node.op) });
    return true;
  },
};

function doesNothing(node: GraphNode, graph: MatchGraph): boolean {
  const [input] = node.inputs;
  switch (node.op) {
    case 'Identity':
      return true;
    case 'Pad':
      return padsOf(node, graph)?.every((size) => size === 0) ?? false;
    case 'AveragePool':
    case 'MaxPool':
      return isUnitWindow(node) && node.outputs.length === 1;
    case 'Transpose': {
      const rank = graph.shape(input)?.length;
      return rank !== undefined && permutationOf(node, rank).every((axis, place) => axis === place);
    }
    case 'Concat':
    case 'Sum':
    case 'Max':
    case 'Min':
      return node.inputs.length === 1;
    case 'Cast':
      return graph.inputs.some((value) => value.name === input && value.dataType === intAttribute(node, 'to', 0));
    default:
      return sameShape(graph.shape(input), graph.shape(outputOf(node)));
  }
}

function isUnitWindow(node: GraphNode): boolean {
  const all = (name: string, expected: number) =>
    intsAttribute(node, name)?.every((value) => value === expected) ?? true;
  return (
    (intsAttribute(node, 'kernel_shape')?.every((size) => size === 1) ?? false) &&
    all('strides', 1) &&
    all('pads', 0) &&
    stringAttribute(node, 'auto_pad', 'NOTSET') !== 'SAME_LOWER'
  );
}
