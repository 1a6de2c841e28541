import { t } from '../../l10n';
import { arrange, plainNode } from '../graph/arrange';
import { type GraphNode, intAttribute, outputOf } from '../graph/graph';
import { absorbable } from '../graph/pattern';
import { productOf } from '../graph/sizes';
import { isComplete, type Part, type View, viewOf } from '../graph/view';
import type { Rule } from './rule';

/**
 * A `Concat` that puts all parts of a value together again: `torch.cat([h[-2], h[-1]], 1)`, the last states of both
 * directions.
 *
 * Near miss: the parts in another order; one of them left out; parts of different values.
 */
export const rejoined: Rule = {
  name: 'rejoined',
  operators: ['Concat', 'concatenate'],
  apply(node, graph) {
    const views = node.inputs.map((input) => viewOf(input, graph));
    if (!views[0]) return false;
    const axis = axisOf(node, views[0].axes.length);
    const joined = axis === undefined ? undefined : join(views, axis);
    if (node.inputs.length < 2 || !joined || !isComplete(joined, graph)) return false;
    const removed = absorbable(joined.nodes, node, graph);
    const message = t('parts that are put together again');
    const placeholder = graph.replace(
      removed,
      { op: 'Identity', inputs: [joined.source] },
      { name: rejoined.name, message },
    );
    arrange(graph, placeholder, joined.source, joined.axes);
    return true;
  },
};

/**
 * A `Concat` of all positions of a value from the last to the first is the value turned round: the outputs of a loop that runs
 * from the end.
 *
 * Near miss: parts of several positions, which stay in order themselves.
 */
export const rejoinedBackwards: Rule = {
  name: 'rejoined-backwards',
  operators: ['Concat', 'concatenate'],
  apply(node, graph) {
    const views = node.inputs.map((input) => viewOf(input, graph)).reverse();
    const axis = views[0] && axisOf(node, views[0].axes.length);
    const isSingle = axis !== undefined && views.every((view) => view.axes[axis]?.length === 0);
    const joined = isSingle ? join(views, axis) : undefined;
    if (views.length < 2 || !joined || !isComplete(joined, graph)) return false;
    const inOrder = `${outputOf(node)}/in order`;
    const shape = graph.shape(outputOf(node));
    if (axis === undefined || !shape) return false;
    graph.shapes.set(inOrder, shape);
    graph.replace(absorbable(joined.nodes, node, graph), { op: 'reversal', inputs: [inOrder], settings: { axis } });
    const placeholder = plainNode({ op: 'Identity', inputs: [joined.source], outputs: [inOrder] });
    graph.add(placeholder);
    arrange(graph, placeholder, joined.source, joined.axes);
    return true;
  },
};

function axisOf(node: GraphNode, rank: number): number | undefined {
  const axis = node.op === 'Concat' ? intAttribute(node, 'axis', 0) : Number(node.settings.axis);
  const place = axis < 0 ? axis + rank : axis;
  return place < rank ? place : undefined;
}

/** The views side by side, when each begins where the one before ends. */
function join(views: readonly View[], axis: number): View | undefined {
  const [first] = views as [View];
  const along = alongOf(views);
  if (along === undefined) return undefined;
  const starts = views.map((view) => view.offsets[along]!);
  const step = starts[1]! - starts[0]!;
  if (step <= 0 || starts[0] !== 0 || starts.some((start, place) => start !== place * step)) return undefined;
  const isAlike = views.every((view) => spell(view) === spell(first));
  if (!isAlike) return undefined;
  const parts = first.axes[axis]!;
  const outer: Part = { axis: along, stride: step, size: views.length };
  const [inner] = parts;
  const isOne = inner?.axis === along && productOf([inner.stride, inner.size]) === step;
  const whole = isOne
    ? [{ ...inner, size: productOf([inner.size, views.length]) }, ...parts.slice(1)]
    : [outer, ...parts];
  return {
    source: first.source,
    axes: first.axes.map((own, place) => (place === axis ? whole : own)),
    offsets: first.offsets,
    nodes: views.flatMap((view) => view.nodes),
  };
}

/** The one axis of the common source on which the views begin at different places. */
function alongOf(views: readonly View[]): number | undefined {
  const [first] = views as [View];
  if (views.some((view) => view.source !== first.source || view.nodes.length === 0)) return undefined;
  const differing = first.offsets.flatMap((_, axis) =>
    views.some((view) => view.offsets[axis] !== first.offsets[axis]) ? [axis] : [],
  );
  return differing.length === 1 ? differing[0] : undefined;
}

function spell({ axes }: View): string {
  return axes.map((parts) => parts.map(({ axis, stride, size }) => `${axis} ${stride} ${size}`).join()).join('|');
}
