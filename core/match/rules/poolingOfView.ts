import { t } from '../../l10n';
import { absorbable } from '../graph/pattern';
import { isAxis, isComplete, viewOf } from '../graph/view';
import type { Rule } from './rule';

/**
 * Global pooling does not ask how the axes that it pools are laid out: height and width in one axis, an axis of one beside the
 * length, the channels in front or last. PyTorch's dynamo exporter writes `AdaptiveAvgPool1d(1)` with an axis of one.
 *
 * Near miss: channels that are split, or joined with the length; a part of the values.
 */
export const poolingOfView: Rule = {
  name: 'pooling-of-view',
  operators: ['global_average_pooling', 'global_max_pooling'],
  apply(node, graph) {
    if (node.settings.keep_axes || node.settings.channel_axis !== undefined) return false;
    const view = viewOf(node.inputs[0]!, graph);
    const shape = graph.shape(view.source);
    if (view.nodes.length === 0 || !shape || !isComplete(view, graph) || !isAxis(view, 0, 0, shape[0]!)) return false;
    const channels = shape.findIndex((size, axis) => axis > 0 && size !== 1 && isAxis(view, 1, axis, size));
    const isLast = shape.length === 3 && channels === 2;
    if (channels !== 1 && !isLast) return false;
    const absorbed = absorbable(view.nodes, node, graph);
    const message = t(
      '{0} in front of global pooling',
      absorbed
        .slice(0, -1)
        .map((each) => each.op)
        .join(', '),
    );
    graph.replace(
      absorbed,
      { op: node.op, inputs: [view.source], settings: { ...node.settings, ...(isLast ? { channel_axis: 2 } : {}) } },
      absorbed.length > 1 ? { name: poolingOfView.name, message } : undefined,
    );
    return true;
  },
};
