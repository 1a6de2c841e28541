import { t } from '../../l10n';
import { type Constant, scalar } from '../graph/constants';
import { type GraphNode, type MatchGraph, outputOf, sameShape } from '../graph/graph';
import { constantBeside, isClosed, isProduct, meanOf, otherInput, squareOf, vectorAlong } from '../graph/pattern';
import { replaceBetween } from './relayout';
import type { Rule } from './rule';

/**
 * Layer normalization as Keras computes it, from mean and variance: `scale = gamma / sqrt(variance + epsilon)`, then
 * `x * scale + (beta - mean * scale)`: `ReduceMean, Neg, Sub, Mul, ReduceMean, Add, Sqrt, Reciprocal, Mul, Mul, Mul, Add, Add`
 * (tf2onnx; a mean over a whole axis also as `GlobalAveragePool`), over the channels wherever they lie.
 *
 * Near miss: mean and variance over different axes, or of different values; factors along another axis.
 */
export const layerNormalizationByMoments: Rule = {
  name: 'layer-norm-by-moments',
  operators: ['Add', 'add'],
  apply(node, graph) {
    const found = byMoments(node, graph);
    const shape = graph.shape(found?.input);
    if (!found || !shape || found.axes.length !== 1) return false;
    const [axis] = found.axes as [number];
    const channels = shape[axis];
    if (typeof channels !== 'number' || !isClosed(found.nodes, graph)) return false;
    const scale = vectorAlong(found.scale, [axis], shape.length, channels, 1);
    const shift = vectorAlong(found.shift, [axis], shape.length, channels, 0);
    if (!scale || !shift) return false;
    const rest = shape.map((_, at) => at).filter((at) => at !== axis);
    replaceBetween(graph, found.nodes, {
      input: found.input,
      before: [...rest, axis],
      op: 'layer_normalization',
      settings: { epsilon: found.epsilon },
      parameters: new Map([
        ['scale', scale],
        ['shift', shift],
      ]),
      rule: { name: this.name, message: t('layer normalization written as {0}', operatorsOf(found.nodes)) },
    });
    return true;
  },
};

/**
 * Group normalization as Keras computes it: `Reshape` to groups, mean and variance of each as above, `Reshape` back.
 *
 * Near miss: a `Reshape` that mixes positions into the groups; the mean over the groups as well; another shape behind.
 */
export const groupNormalizationByMoments: Rule = {
  name: 'group-norm-by-moments',
  operators: ['Reshape'],
  apply(node, graph) {
    const sum = graph.soleProducer(node.inputs[0]);
    const found = sum && byMoments(sum, graph);
    const split = found && graph.producer(found.input);
    const before = graph.shape(split?.inputs[0]);
    const grouped = graph.shape(found?.input);
    if (split?.op !== 'Reshape' || !before || !grouped || !sameShape(before, graph.shape(outputOf(node)))) return false;
    const layout = groupsOf(before, grouped, found!.axes);
    const nodes = [split, ...found!.nodes, node];
    if (!layout || !isClosed(nodes, graph)) return false;
    const { groups, channels, axis } = layout;
    const scale = vectorAlong(found!.scale, [axis, axis + 1], grouped.length, channels, 1);
    const shift = vectorAlong(found!.shift, [axis, axis + 1], grouped.length, channels, 0);
    if (!scale || !shift) return false;
    const rest = before.map((_, at) => at).filter((at) => at !== 0 && at !== axis);
    replaceBetween(graph, nodes, {
      input: split.inputs[0]!,
      before: [0, axis, ...rest],
      op: 'group_normalization',
      settings: { groups, epsilon: found!.epsilon },
      parameters: new Map([
        ['scale', scale],
        ['shift', shift],
      ]),
      rule: { name: this.name, message: t('group normalization written as {0}', operatorsOf(nodes)) },
    });
    return true;
  },
};

interface Moments {
  readonly input: string;
  readonly axes: readonly number[];
  readonly epsilon: number;
  readonly scale?: Constant;
  readonly shift?: Constant;
  /** In order, the sum last. */
  readonly nodes: readonly GraphNode[];
}

/** `x * scale + (beta - mean * scale)`, the parts in any order. */
function byMoments(sum: GraphNode, graph: MatchGraph): Moments | undefined {
  if (sum.op !== 'Add' && sum.op !== 'add') return undefined;
  for (const value of sum.inputs) {
    const product = graph.producer(value);
    const offset = graph.producer(otherInput(sum, value));
    const found = product && offset && isProduct(product) ? withOffset(product, offset, graph) : undefined;
    if (found) return { ...found, nodes: [...found.nodes, sum] };
  }
  return undefined;
}

function withOffset(product: GraphNode, offset: GraphNode, graph: MatchGraph): Moments | undefined {
  const shifted = constantBeside(offset, graph);
  const isSum = offset.op === 'Add' && shifted !== undefined;
  const moved = isSum ? graph.producer(shifted.value) : offset;
  if (!moved || !isProduct(moved)) return undefined;
  for (const input of product.inputs) {
    const factor = otherInput(product, input);
    const negative = factor ? graph.producer(otherInput(moved, factor)) : undefined;
    const mean = negative?.op === 'Neg' ? graph.producer(negative.inputs[0]) : undefined;
    const scaled = factor ? factorOf(factor, input, graph) : undefined;
    if (!negative || !mean || scaled?.mean !== mean) continue;
    const { axes, epsilon, scale, nodes } = scaled;
    return {
      input,
      axes,
      epsilon,
      ...(scale ? { scale } : {}),
      ...(isSum ? { shift: shifted.constant } : {}),
      nodes: [...nodes, negative, product, moved, ...(isSum ? [offset] : [])],
    };
  }
  return undefined;
}

/** `gamma / sqrt(variance + epsilon)`, or without gamma. */
function factorOf(value: string, input: string, graph: MatchGraph) {
  const node = graph.producer(value);
  const scaled = node?.op === 'Mul' ? constantBeside(node, graph) : undefined;
  const reciprocal = scaled ? graph.producer(scaled.value) : node;
  const root = reciprocal?.op === 'Reciprocal' ? graph.producer(reciprocal.inputs[0]) : undefined;
  const sum = root?.op === 'Sqrt' ? graph.producer(root.inputs[0]) : undefined;
  const added = sum?.op === 'Add' ? constantBeside(sum, graph) : undefined;
  const variance = graph.producer(added?.value);
  const epsilon = scalar(added?.constant);
  const spread = variance && meanOf(variance, graph);
  const power = graph.producer(spread?.input);
  const difference = power && graph.producer(squareOf(power, graph));
  const mean =
    difference?.op === 'Sub' && difference.inputs[0] === input ? graph.producer(difference.inputs[1]) : undefined;
  const middle = mean && meanOf(mean, graph);
  if (!node || !reciprocal || !root || !sum || !variance || !power || !difference || !mean) return undefined;
  if (epsilon === undefined || middle?.input !== input || middle.axes.join() !== spread?.axes.join()) return undefined;
  return {
    mean,
    axes: middle.axes,
    epsilon,
    scale: scaled?.constant,
    nodes: [mean, difference, power, variance, sum, root, reciprocal, ...(scaled ? [node] : [])],
  };
}

/** Where a shape's channels, the last or the second axis, were split into groups over which the moments do not go. */
function groupsOf(
  before: readonly (number | string)[],
  grouped: readonly (number | string)[],
  axes: readonly number[],
): { groups: number; channels: number; axis: number } | undefined {
  for (const axis of [before.length - 1, 1]) {
    const [groups, size, channels] = [grouped[axis], grouped[axis + 1], before[axis]];
    const rest = [...grouped.slice(0, axis), ...grouped.slice(axis + 2)];
    const others = before.filter((_, at) => at !== axis);
    const averaged = grouped.map((_, at) => at).filter((at) => at !== 0 && at !== axis);
    if (typeof groups !== 'number' || typeof size !== 'number' || typeof channels !== 'number') continue;
    if (groups * size !== channels || rest.join() !== others.join() || averaged.join() !== axes.join()) continue;
    return { groups, channels, axis };
  }
  return undefined;
}

function operatorsOf(nodes: readonly GraphNode[]): string {
  return nodes.map((part) => part.origin[0]?.opType ?? part.op).join(', ');
}
