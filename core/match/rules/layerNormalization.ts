import { t } from '../../l10n';
import { type Constant, scalar } from '../constants';
import { floatAttribute, type GraphNode, intAttribute, type MatchGraph } from '../graph';
import { isClosed, lastAxisMean, otherInput, squareOf } from './pattern';
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
 * Layer normalization before opset 17: `ReduceMean, Sub, Pow 2, ReduceMean, Add epsilon, Sqrt, Div, Mul, Add` over the last
 * axis (PyTorch's TorchScript exporter), the square also as a product.
 *
 * Near miss: a mean over another axis, or another one under the root than in front; a third power; what is divided is not
 * what was squared.
 */
export const layerNormalizationComposed: Rule = {
  name: 'layer-norm-composed',
  operators: ['Add'],
  apply(node, graph) {
    const shift = vectorBeside(node, graph);
    const product = shift && graph.producer(shift.value);
    const scale = product?.op === 'Mul' ? vectorBeside(product, graph) : undefined;
    const found = scale && standardized(graph.producer(scale.value), graph);
    if (!product || !shift || !scale || !found || shift.constant.shape[0] !== scale.constant.shape[0]) return false;
    const nodes = [...found.nodes, product, node];
    if (!isClosed(nodes, graph)) return false;
    replace(graph, nodes, found.input, found.epsilon, scale.constant, shift.constant, {
      name: layerNormalizationComposed.name,
      message: t('layer normalization written as {0}', nodes.map((part) => part.origin[0]?.opType).join(', ')),
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
  rule?: { readonly name: string; readonly message: string },
): void {
  const parameters = new Map([['scale', scale], ...(shift ? ([['shift', shift]] as const) : [])]);
  graph.replace(nodes, { op: 'layer_normalization', inputs: [input], settings: { epsilon }, parameters }, rule);
}

/** The computed operand, and the constant vector along the last axis beside it. */
function vectorBeside(node: GraphNode, graph: MatchGraph): { value: string; constant: Constant } | undefined {
  for (const value of node.inputs) {
    const constant = graph.constant(otherInput(node, value));
    const rank = graph.shape(value)?.length;
    if (constant?.shape.length === 1 && constant.shape[0] !== 1 && rank !== undefined) return { value, constant };
  }
  return undefined;
}

/** `(x - mean) / sqrt(mean((x - mean) ** 2) + epsilon)`, and its nodes in order. */
function standardized(
  division: GraphNode | undefined,
  graph: MatchGraph,
): { input: string; epsilon: number; nodes: readonly GraphNode[] } | undefined {
  const root = division?.op === 'Div' ? graph.producer(division.inputs[1]) : undefined;
  const sum = root?.op === 'Sqrt' ? graph.producer(root.inputs[0]) : undefined;
  const variance = sum?.op === 'Add' ? graph.producer(sum.inputs[0]) : undefined;
  const epsilon = scalar(graph.constant(sum?.inputs[1]));
  const power = variance && graph.producer(lastAxisMean(variance, graph));
  const difference = power && graph.producer(squareOf(power, graph));
  const input = difference?.op === 'Sub' ? difference.inputs[0] : undefined;
  const mean = difference && graph.producer(difference.inputs[1]);
  if (!division || !root || !sum || !variance || epsilon === undefined || !power || !difference || !mean)
    return undefined;
  if (!input || lastAxisMean(mean, graph) !== input) return undefined;
  const dividend = graph.producer(division.inputs[0]);
  const isSame =
    dividend === difference ||
    (dividend?.op === 'Sub' && dividend.inputs.every((value, place) => value === difference.inputs[place]));
  if (!dividend || !isSame) return undefined;
  const nodes = [mean, ...new Set([dividend, difference]), power, variance, sum, root, division];
  return { input, epsilon, nodes };
}
