import { t } from '../../l10n';
import { isFloat, scalar } from '../graph/constants';
import { dataTypeOf } from '../graph/dataTypes';
import {
  type GraphNode,
  intAttribute,
  intsAttribute,
  type MatchGraph,
  outputOf,
  sameShape,
  stringAttribute,
} from '../graph/graph';
import { padsOf, permutationOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * Operators that hand their input on: `Identity`, a `Pad` of zeros' width, the `AveragePool` of one by one that PyTorch
 * writes for `AdaptiveAvgPool2d(7)` on 7 x 7, a `Reshape` or `Flatten` to the shape that is there, `Concat` of one input, a
 * `Cast` to the type that is there, 0 added (a sum in Python that begins with nothing) and 1 multiplied (`torch.addcmul`).
 *
 * Near miss: a window of one with a stride of two, which skips; a `Reshape` whose target cannot be told; a zero of more axes
 * or elements, which repeats the value; `0 - x` and `1 / x`.
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
    'Add',
    'Sub',
    'Mul',
    'Div',
  ],
  apply(node, graph) {
    if (!doesNothing(node, graph)) return false;
    // Of a transposition that others undid, it was told why they are there.
    const message = t('{0} that does nothing, left out', node.op);
    graph.bypass(node, node.op === 'Transpose' ? undefined : { name: nothing.name, message });
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
      return dataTypeOf(input, graph) === intAttribute(node, 'to', 0);
    case 'Add':
    case 'Sub':
      return isNeutral(node, 0, graph);
    case 'Mul':
      return isNeutral(node, 1, graph);
    case 'Div':
      // A sum divided by one is the mean of one value, which another rule reads.
      return isNeutral(node, 1, graph) && graph.producer(input)?.op !== 'ReduceSum';
    default:
      return sameShape(graph.shape(input), graph.shape(outputOf(node)));
  }
}

/** Whether the second operand is the one number that leaves every value as it is, and adds no axes. */
function isNeutral({ inputs: [value, by] }: GraphNode, neutral: number, graph: MatchGraph): boolean {
  const constant = graph.constant(by);
  const rank = constant?.shape.length ?? 0;
  if (!constant || graph.constant(value) || (rank > 0 && rank > (graph.shape(value)?.length ?? 0))) return false;
  return isFloat(constant.dataType) && scalar(constant) === neutral;
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
