import { t } from '../../l10n';
import { type Constant, scalar } from '../graph/constants';
import { floatAttribute, type GraphNode, intAttribute, type MatchGraph } from '../graph/graph';
import { constantBeside, isClosed, meanOf, squareOf, vectorAlong } from '../graph/pattern';
import { replaceBetween } from './relayout';
import type { Rule } from './rule';

/**
 * `LayerNormalization` over the last axis, from opset 17 on.
 *
 * Near miss: over several axes; one whose mean or deviation is used too; a scale that is computed.
 */
export const layerNormalization: Rule = {
  name: 'layer-normalization',
  operators: ['LayerNormalization'],
  apply(node, graph) {
    const [input, scaleName, shiftName] = node.inputs;
    const rank = graph.shape(input)?.length;
    const axis = intAttribute(node, 'axis', -1);
    const [scale, shift] = [graph.constant(scaleName), graph.constant(shiftName)];
    if (!input || scale?.shape.length !== 1 || (shiftName && shift?.shape.length !== 1)) return false;
    if (axis !== -1 && axis !== (rank ?? 0) - 1) return false;
    if (node.outputs.slice(1).some((output) => graph.users(output).length > 0)) return false;
    replace(graph, [node], input, floatAttribute(node, 'epsilon', 1e-5), scale, shift);
    return true;
  },
};

/**
 * Layer normalization before opset 17: `ReduceMean, Sub, Pow 2, ReduceMean, Add epsilon, Sqrt, Div, Mul, Add` over one axis
 * (PyTorch's TorchScript exporter), the square also as a product.
 *
 * Near miss: a mean over several axes, or another one under the root than in front; a third power; what is divided is not
 * what was squared; factors along another axis.
 */
export const layerNormalizationComposed: Rule = {
  name: 'layer-norm-composed',
  operators: ['Add'],
  apply(node, graph) {
    const shift = constantBeside(node, graph);
    const product = shift && graph.producer(shift.value);
    const scale = product?.op === 'Mul' ? constantBeside(product, graph) : undefined;
    const found = scale && standardized(graph.producer(scale.value), graph);
    const shape = graph.shape(found?.input);
    const size = found && shape?.[found.axis];
    if (!product || !shift || !scale || !found || !shape || typeof size !== 'number') return false;
    const factors = vectorAlong(scale.constant, [found.axis], shape.length, size, 1);
    const summands = vectorAlong(shift.constant, [found.axis], shape.length, size, 0);
    const nodes = [...found.nodes, product, node];
    if (!factors || !summands || !isClosed(nodes, graph)) return false;
    const rest = shape.map((_, axis) => axis).filter((axis) => axis !== found.axis);
    replaceBetween(graph, nodes, {
      input: found.input,
      before: [...rest, found.axis],
      op: 'layer_normalization',
      settings: { epsilon: found.epsilon },
      parameters: new Map([
        ['scale', factors],
        ['shift', summands],
      ]),
      rule: {
        name: layerNormalizationComposed.name,
        message: t('layer normalization written as {0}', nodes.map((part) => part.origin[0]?.opType).join(', ')),
      },
    });
    return true;
  },
};

function replace(
  graph: MatchGraph,
  nodes: readonly GraphNode[],
  input: string,
  epsilon: number,
  scale: Constant,
  shift: Constant | undefined,
): void {
  const parameters = new Map([['scale', scale], ...(shift ? ([['shift', shift]] as const) : [])]);
  graph.replace(nodes, { op: 'layer_normalization', inputs: [input], settings: { epsilon }, parameters });
}

/** `(x - mean) / sqrt(mean((x - mean) ** 2) + epsilon)`, and its nodes in order. */
function standardized(
  division: GraphNode | undefined,
  graph: MatchGraph,
): { input: string; axis: number; epsilon: number; nodes: readonly GraphNode[] } | undefined {
  const root = division?.op === 'Div' ? graph.producer(division.inputs[1]) : undefined;
  const sum = root?.op === 'Sqrt' ? graph.producer(root.inputs[0]) : undefined;
  const variance = sum?.op === 'Add' ? graph.producer(sum.inputs[0]) : undefined;
  const epsilon = scalar(graph.constant(sum?.inputs[1]));
  const spread = variance && meanOf(variance, graph);
  const power = graph.producer(spread?.input);
  const difference = power && graph.producer(squareOf(power, graph));
  const input = difference?.op === 'Sub' ? difference.inputs[0] : undefined;
  const mean = difference && graph.producer(difference.inputs[1]);
  const middle = mean && meanOf(mean, graph);
  if (!division || !root || !sum || !variance || epsilon === undefined || !power || !difference || !mean)
    return undefined;
  if (!input || middle?.input !== input || middle.axes.length !== 1 || middle.axes.join() !== spread?.axes.join())
    return undefined;
  const dividend = graph.producer(division.inputs[0]);
  const isSame =
    dividend === difference ||
    (dividend?.op === 'Sub' && dividend.inputs.every((value, place) => value === difference.inputs[place]));
  if (!dividend || !isSame) return undefined;
  const nodes = [mean, ...new Set([dividend, difference]), power, variance, sum, root, division];
  return { input, axis: middle.axes[0]!, epsilon, nodes };
}
