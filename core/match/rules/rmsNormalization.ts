import { t } from '../../l10n';
import { type Constant, scalar } from '../graph/constants';
import { floatAttribute, type GraphNode, intAttribute, type MatchGraph } from '../graph/graph';
import { isClosed, lastAxisMean, otherInput, squareOf } from '../graph/pattern';
import type { Rule } from './rule';

/**
 * `RMSNormalization` over the last axis (opset 23).
 *
 * Near miss: over several axes.
 */
export const rmsNormalization: Rule = {
  name: 'rms-normalization',
  operators: ['RMSNormalization'],
  apply(node, graph) {
    const [input, scaleName] = node.inputs;
    const scale = graph.constant(scaleName);
    const rank = graph.shape(input)?.length;
    const axis = intAttribute(node, 'axis', -1);
    if (!input || scale?.shape.length !== 1 || (axis !== -1 && axis !== (rank ?? 0) - 1)) return false;
    replace(graph, [node], input, floatAttribute(node, 'epsilon', 1e-5), scale);
    return true;
  },
};

/**
 * RMS normalization before opset 23: `Pow 2, ReduceMean, Add epsilon, Sqrt, Reciprocal, Mul, Mul` over the last axis (dynamo),
 * or with `Div` by the root, or of one by it.
 *
 * Near miss: a mean over another axis; the mean taken off first, which makes a layer normalization; another value divided than
 * squared.
 */
export const rmsNormalizationComposed: Rule = {
  name: 'rms-norm-composed',
  operators: ['Mul'],
  apply(node, graph) {
    for (const value of node.inputs) {
      const scale = graph.constant(otherInput(node, value));
      const found =
        scale?.shape.length === 1 && scale.shape[0] !== 1 ? normalized(graph.producer(value), graph) : undefined;
      if (!scale || !found) continue;
      const nodes = [...found.nodes, node];
      if (!isClosed(nodes, graph)) return false;
      const message = t('RMS normalization written as {0}', nodes.map((part) => part.origin[0]?.opType).join(', '));
      replace(graph, nodes, found.input, found.epsilon, scale, { name: rmsNormalizationComposed.name, message });
      return true;
    }
    return false;
  },
};

interface Normalized {
  readonly input: string;
  readonly epsilon: number;
  readonly nodes: readonly GraphNode[];
}

/** `x / sqrt(mean(x ** 2) + epsilon)`, as a division or as a product with the reciprocal. */
function normalized(node: GraphNode | undefined, graph: MatchGraph): Normalized | undefined {
  if (node?.op === 'Div') {
    const root = rootOf(graph.producer(node.inputs[1]), graph);
    return root && root.input === node.inputs[0] ? { ...root, nodes: [...root.nodes, node] } : undefined;
  }
  if (node?.op !== 'Mul' && node?.op !== 'multiply') return undefined;
  for (const value of node.inputs) {
    const reciprocal = graph.producer(otherInput(node, value));
    const root = rootOf(graph.producer(reciprocal && reciprocalOf(reciprocal, graph)), graph);
    if (reciprocal && root?.input === value) return { ...root, nodes: [...root.nodes, reciprocal, node] };
  }
  return undefined;
}

/** TorchScript writes `torch.rsqrt` as one divided by the root. */
function reciprocalOf({ op, inputs: [first, second] }: GraphNode, graph: MatchGraph): string | undefined {
  if (op === 'Reciprocal') return first;
  return op === 'Div' && scalar(graph.constant(first)) === 1 ? second : undefined;
}

function rootOf(root: GraphNode | undefined, graph: MatchGraph): Normalized | undefined {
  const sum = root?.op === 'Sqrt' ? graph.producer(root.inputs[0]) : undefined;
  const epsilon = scalar(graph.constant(sum?.inputs[1]));
  const mean = sum?.op === 'Add' ? graph.producer(sum.inputs[0]) : undefined;
  const square = mean && graph.producer(lastAxisMean(mean, graph));
  const input = square && squareOf(square, graph);
  return root && sum && mean && square && input && epsilon !== undefined && !isCentred(input, graph)
    ? { input, epsilon, nodes: [square, mean, sum, root] }
    : undefined;
}

/** What the mean was taken off of is normalised by a layer normalization. */
function isCentred(value: string, graph: MatchGraph): boolean {
  const difference = graph.producer(value);
  const mean = difference?.op === 'Sub' ? graph.producer(difference.inputs[1]) : undefined;
  return mean !== undefined && lastAxisMean(mean, graph) === difference!.inputs[0];
}

function replace(
  graph: MatchGraph,
  nodes: readonly GraphNode[],
  input: string,
  epsilon: number,
  scale: Constant,
  rule?: { readonly name: string; readonly message: string },
): void {
  const parameters = new Map([['scale', scale]]);
  graph.replace(nodes, { op: 'rms_normalization', inputs: [input], settings: { epsilon }, parameters }, rule);
}
