import { t } from '../../l10n';
import { type GraphNode, intAttribute, isKnown, type MatchGraph, outputOf, sameShape } from '../graph/graph';
import { axesOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * A mean over all of height and width: `GlobalAveragePool` (TorchScript), `ReduceMean` (dynamo, and `x.mean((2, 3))`),
 * or an `AveragePool` whose window is the whole input.
 *
 * The channels of a sequence may be last; that is where transpositions that moved behind the pooling leave them.
 *
 * Near miss: a mean over one of a picture's axes, or over the channels; a window that is smaller, padded, or that moves.
 */
export const globalPooling: Rule = {
  name: 'global-pooling-form',
  operators: ['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMean', 'ReduceMax', 'average_pooling', 'max_pooling'],
  apply(node, graph) {
    const [input] = node.inputs;
    const kept = keptAxes(node, graph);
    if (!input || kept === undefined) return false;
    const isPlain = node.op.startsWith('Global');
    graph.replace(
      [node],
      {
        op: /max/i.test(node.op) ? 'global_max_pooling' : 'global_average_pooling',
        inputs: [input],
        settings: { ...(kept ? { keep_axes: true } : {}), ...channelAxis(node, graph) },
      },
      isPlain ? undefined : { name: globalPooling.name, message: t('global pooling written as {0}', operatorOf(node)) },
    );
    return true;
  },
};

/**
 * Global pooling to `[N, C, 1, 1]` and then `Flatten`, `Squeeze` or `Reshape` to `[N, C]` is global pooling to `[N, C]`.
 *
 * Near miss: the `[N, C, 1, 1]` is used elsewhere too, as in a squeeze-and-excitation block.
 */
export const globalPoolingFlattened: Rule = {
  name: 'global-pooling-flattened',
  operators: ['Flatten', 'Squeeze', 'Reshape', 'flatten'],
  apply(node, graph) {
    const last = graph.soleProducer(node.inputs[0]);
    // A transposition of what is pooled moves ones alone.
    const pool = last?.op === 'Transpose' ? graph.soleProducer(last.inputs[0]) : last;
    const shape = graph.shape(pool?.outputs[0]);
    const target = graph.shape(outputOf(node));
    if (!pool?.op.startsWith('global_') || !pool.settings.keep_axes || !shape) return false;
    const axis = Number(pool.settings.channel_axis ?? 1);
    if (target?.length !== 2 || target[0] !== shape[0] || target[1] !== shape[axis]) return false;
    const { keep_axes: _, ...settings } = pool.settings;
    graph.replace([pool, ...(last && last !== pool ? [last] : []), node], {
      op: pool.op,
      inputs: pool.inputs,
      settings,
    });
    return true;
  },
};

/**
 * Global pooling to `[N, C]`, and then `Reshape` or `Unsqueeze` to `[N, C, 1, 1]`, is global pooling that keeps its axes.
 *
 * Near miss: the `[N, C]` is used elsewhere too; a target of more or fewer ones; the channels in another place.
 */
export const globalPoolingUnflattened: Rule = {
  name: 'global-pooling-unflattened',
  operators: ['Reshape', 'Unsqueeze'],
  apply(node, graph) {
    const pool = graph.soleProducer(node.inputs[0]);
    const before = graph.shape(pool?.inputs[0]);
    const target = graph.shape(outputOf(node));
    if (!pool?.op.startsWith('global_') || pool.settings.keep_axes || pool.settings.channel_axis) return false;
    if (
      !before ||
      before.length < 3 ||
      !sameShape(
        target,
        before.map((size, axis) => (axis < 2 ? size : 1)),
      )
    )
      return false;
    graph.replace([pool, node], { op: pool.op, inputs: pool.inputs, settings: { ...pool.settings, keep_axes: true } });
    return true;
  },
};

/** Whether the pooled axes stay as ones; `undefined` when it is no global pooling. */
function keptAxes(node: GraphNode, graph: MatchGraph): boolean | undefined {
  const shape = graph.shape(node.inputs[0]);
  if (node.op.startsWith('Global')) return true;
  if (!shape || shape.length < 3) return undefined;
  if (node.op.startsWith('Reduce')) {
    const axes = new Set(axesOf(node, graph)?.map((axis) => (axis + shape.length) % shape.length));
    const isSpatial = axes.size === shape.length - 2 && !axes.has(0) && keptAxis(shape.length, axes) !== undefined;
    return isSpatial ? intAttribute(node, 'keepdims', 1) === 1 : undefined;
  }
  const spatial = shape.slice(2);
  const { pooling_size: size, padding, dilation } = node.settings;
  const isWhole =
    isKnown(spatial) &&
    Array.isArray(size) &&
    size.every((length, axis) => length === spatial[axis]) &&
    isAll(padding, 0) &&
    isAll(dilation, 1);
  return isWhole ? true : undefined;
}

/** The one axis beside the batch that a reduction leaves, if it is the channels': the second, or the last of a sequence. */
function keptAxis(rank: number, axes: ReadonlySet<number>): number | undefined {
  if (!axes.has(1)) return 1;
  return rank === 3 && !axes.has(2) ? 2 : undefined;
}

function channelAxis(node: GraphNode, graph: MatchGraph): { readonly channel_axis?: number } {
  const axes = node.op.startsWith('Reduce') ? axesOf(node, graph) : undefined;
  return axes?.length === 1 && axes[0] === 1 ? { channel_axis: 2 } : {};
}

function isAll(setting: unknown, value: number): boolean {
  return Array.isArray(setting) && setting.every((item) => item === value);
}

function operatorOf(node: GraphNode): string {
  return node.origin[0]?.opType ?? node.op;
}
