import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import type { Constant } from '../graph/constants';
import { type Dimension, type GraphNode, intAttribute, type MatchGraph } from '../graph/graph';
import { axesOf } from '../graph/operatorArguments';
import { productOf } from '../graph/sizes';
import type { Rule } from './rule';

/**
 * A `Gather` from a flattened value with computed indices that count all places in order is a `Reshape`: how the dynamo
 * exporter writes `as_strided`, which it makes of `AdaptiveAvgPool1d(1)`.
 *
 * Near miss: indices that begin later, skip or repeat places, or run over the axes in another order.
 */
export const stridedGather: Rule = {
  name: 'gather-in-order',
  operators: ['Gather'],
  apply(node, graph) {
    const [value, indices] = node.inputs;
    const shape = graph.shape(value);
    if (!value || !indices || graph.constant(value) || shape?.length !== 1 || intAttribute(node, 'axis', 0) !== 0)
      return false;
    const found = progressionOf(indices, graph, 0);
    if (found?.start !== 0 || !isInOrder(found.axes, shape[0]!)) return false;
    graph.replace(
      [node],
      { op: 'Reshape', inputs: [value] },
      { name: stridedGather.name, message: t('a Gather of all places in order') },
    );
    return true;
  },
};

/** Integers that grow evenly along every axis. */
interface Progression {
  readonly start: number;
  readonly axes: readonly { readonly size: Dimension; readonly step: number }[];
}

/** Sums of sums, as far as they are followed. */
const DEEPEST = 32;
const MOST_INDICES = 1 << 20;

function progressionOf(value: string, graph: MatchGraph, depth: number): Progression | undefined {
  const constant = graph.constant(value);
  if (constant) return progressionIn(constant);
  const node = graph.producer(value);
  if (!node || depth > DEEPEST) return undefined;
  const of = (place: number) => progressionOf(node.inputs[place] ?? '', graph, depth + 1);
  switch (node.op) {
    case 'Range':
      return rangeOf(node, graph);
    case 'Mul': {
      const [a, b] = [of(0), of(1)];
      if (a && b?.axes.every(({ size }) => size === 1)) return scaled(a, b);
      return a && b && a.axes.every(({ size }) => size === 1) ? scaled(b, a) : undefined;
    }
    case 'Add':
    case 'add': {
      const [a, b] = [of(0), of(1)];
      return a && b && sum(a, b);
    }
    case 'Unsqueeze': {
      const inner = of(0);
      return inner && unsqueezed(inner, node, graph);
    }
    case 'Cast':
    case 'Identity':
      return of(0);
    default:
      return undefined;
  }
}

/** Constant integers, if they grow evenly along every axis. */
function progressionIn(constant: Constant): Progression | undefined {
  const { shape } = constant;
  const count = elementCount(shape);
  const values = count > 0 && count <= MOST_INDICES ? constant.values() : undefined;
  if (!values) return undefined;
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const axes = shape.map((size, axis) => ({ size, step: size > 1 ? values[strides[axis]!]! - values[0]! : 0 }));
  const isEven = values.every((value, index) => {
    const steps = axes.map(({ size, step }, axis) => (Math.floor(index / strides[axis]!) % size) * step);
    return value === steps.reduce((sum, step) => sum + step, values[0]!);
  });
  return isEven ? { start: values[0]!, axes } : undefined;
}

/** Counts up from 0 in ones, to a size that may be a symbol. */
function rangeOf(node: GraphNode, graph: MatchGraph): Progression | undefined {
  const [start, limit, step] = node.inputs.map((input) => graph.integers.get(input));
  const size = limit?.[0];
  const isPlain = start?.[0] === 0 && step?.[0] === 1 && size !== undefined;
  return isPlain ? { start: 0, axes: [{ size, step: 1 }] } : undefined;
}

function scaled({ start, axes }: Progression, by: Progression): Progression {
  return { start: start * by.start, axes: axes.map(({ size, step }) => ({ size, step: step * by.start })) };
}

/** Broadcast against each other; an axis that neither runs along has one place. */
function sum(a: Progression, b: Progression): Progression | undefined {
  const rank = Math.max(a.axes.length, b.axes.length);
  const axes: { size: Dimension; step: number }[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const [x, y] = [a, b].map((each) => each.axes[axis - rank + each.axes.length] ?? { size: 1, step: 0 });
    if (x!.size !== y!.size && x!.size !== 1 && y!.size !== 1) return undefined;
    axes.push({
      size: x!.size === 1 ? y!.size : x!.size,
      step: (x!.size === 1 ? 0 : x!.step) + (y!.size === 1 ? 0 : y!.step),
    });
  }
  return { start: a.start + b.start, axes };
}

/** With axes of one put in. */
function unsqueezed({ start, axes }: Progression, node: GraphNode, graph: MatchGraph): Progression | undefined {
  const places = axesOf(node, graph);
  if (!places) return undefined;
  const rank = axes.length + places.length;
  const added = new Set(places.map((axis) => (axis + rank) % rank));
  const rest = [...axes];
  return {
    start,
    axes: Array.from({ length: rank }, (_, axis) => (added.has(axis) ? { size: 1, step: 0 } : rest.shift()!)),
  };
}

/** Whether the places of `count` values are counted one by one, the last axis the fastest. */
function isInOrder(axes: Progression['axes'], count: Dimension): boolean {
  if (productOf(axes.map(({ size }) => size)) !== count) return false;
  return axes.every(
    ({ size, step }, place) => size === 1 || step === productOf(axes.slice(place + 1).map((axis) => axis.size)),
  );
}
