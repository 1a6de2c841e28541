import { DataType } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';
import { type Constant, computedConstant, nearly, reshaped, scalar } from './constants';
import { type GraphNode, intAttribute, type MatchGraph } from './graph';
import { axesOf } from './operatorArguments';

/** One input of a two-sided operator and the number on the other side; `undefined` when neither side is that number. */
export function withScalar(
  node: GraphNode | undefined,
  op: string,
  graph: MatchGraph,
  expected: number,
): string | undefined {
  if (node?.op !== op) return undefined;
  const [a, b] = node.inputs;
  if (nearly(scalar(graph.constant(b)), expected)) return a;
  const commutes = op === 'Add' || op === 'Mul' || op === 'Max';
  return commutes && nearly(scalar(graph.constant(a)), expected) ? b : undefined;
}

/** The other input of a node of two inputs. */
export function otherInput(node: GraphNode, value: string): string | undefined {
  const [a, b] = node.inputs;
  if (a === value) return b;
  return b === value ? a : undefined;
}

/** Whether nobody but the given nodes uses any of the nodes' outputs, the last one's apart: the pattern may be merged. */
export function isClosed(nodes: readonly GraphNode[], graph: MatchGraph): boolean {
  const inside = new Set(nodes);
  return nodes
    .slice(0, -1)
    .every((node) =>
      node.outputs.every(
        (output) =>
          !graph.outputs.includes(output) &&
          !graph.pinned.has(output) &&
          node.dropouts.length === 0 &&
          graph.users(output).every((user) => inside.has(user)),
      ),
    );
}

/** Nodes of a pattern that nobody outside of it needs once `last` is replaced; `last` is the last of them. */
export function absorbable(nodes: readonly GraphNode[], last: GraphNode, graph: MatchGraph): GraphNode[] {
  const inside = new Set(nodes.filter((node) => node !== last));
  for (let before = -1; before !== inside.size; ) {
    before = inside.size;
    for (const node of inside) {
      const needed = node.outputs.some(
        (output) =>
          graph.outputs.includes(output) ||
          graph.pinned.has(output) ||
          graph.users(output).some((user) => user !== last && !inside.has(user)),
      );
      if (needed) inside.delete(node);
    }
  }
  return [...inside, last];
}

/** What the node takes the mean of, over its last axis, which stays as one. */
export function lastAxisMean(node: GraphNode, graph: MatchGraph): string | undefined {
  const rank = graph.shape(node.inputs[0])?.length;
  const axes = node.op === 'ReduceMean' ? axesOf(node, graph) : undefined;
  // Read alone, it is the pooling of a sequence with its channels in front.
  const { keep_axes, channel_axis } = node.settings;
  if (node.op === 'global_average_pooling' && rank === 3 && keep_axes && channel_axis === undefined)
    return node.inputs[0];
  const isLast = axes?.length === 1 && (axes[0] === -1 || axes[0] === (rank ?? 0) - 1);
  return isLast && intAttribute(node, 'keepdims', 1) === 1 ? node.inputs[0] : undefined;
}

/** A mean that keeps its axes: over which, in order and counted from the front, and of what. */
export function meanOf(node: GraphNode, graph: MatchGraph): { input: string; axes: readonly number[] } | undefined {
  const [input] = node.inputs;
  const rank = graph.shape(input)?.length;
  if (!input || rank === undefined) return undefined;
  const pooled = Array.from({ length: rank }, (_, axis) => axis).slice(2);
  if (node.op === 'GlobalAveragePool') return { input, axes: pooled };
  if (node.op === 'global_average_pooling' && node.settings.keep_axes) {
    return { input, axes: node.settings.channel_axis === 2 ? [1] : pooled };
  }
  const axes = node.op === 'ReduceMean' ? axesOf(node, graph) : undefined;
  if (!axes || intAttribute(node, 'keepdims', 1) !== 1) return undefined;
  return { input, axes: axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b) };
}

/** The computed one of two operands, and the constant beside it. */
export function constantBeside(
  node: GraphNode,
  graph: MatchGraph,
): { readonly value: string; readonly constant: Constant } | undefined {
  for (const value of node.inputs) {
    const constant = graph.constant(otherInput(node, value));
    if (constant && !graph.constant(value)) return { value, constant };
  }
  return undefined;
}

/** A constant that varies along the given axes of `rank` alone, as a vector; `fill` where there is none. */
export function vectorAlong(
  constant: Constant | undefined,
  axes: readonly number[],
  rank: number,
  length: number,
  fill: number,
): Constant | undefined {
  if (!constant) return computedConstant([length], DataType.float, () => new Float64Array(length).fill(fill));
  const offset = rank - constant.shape.length;
  const fits = offset >= 0 && constant.shape.every((size, axis) => size === 1 || axes.includes(axis + offset));
  return fits && elementCount(constant.shape) === length ? reshaped(constant, [length]) : undefined;
}

export function isProduct(node: GraphNode): boolean {
  return node.op === 'Mul' || node.op === 'multiply';
}

/** What the node squares. */
export function squareOf(node: GraphNode, graph: MatchGraph): string | undefined {
  const [a, b] = node.inputs;
  if (isProduct(node) && a === b) return a;
  return withScalar(node, 'Pow', graph, 2);
}
