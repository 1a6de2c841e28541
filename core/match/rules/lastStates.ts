import { t } from '../../l10n';
import { type GraphNode, intAttribute } from '../graph/graph';
import { absorbable } from '../graph/pattern';
import { isAxis, type View, viewOf } from '../graph/view';
import { isRecurrent } from '../graph/wording';
import type { Rule } from './rule';

/**
 * The outputs of the forward half at the last position beside those of the backward half at the first are the last states of
 * a recurrent layer in both directions: Keras' `Bidirectional`.
 *
 * Near miss: both halves at the same position; the halves in the other order; a layer whose outputs are used elsewhere too.
 */
export const lastStates: Rule = {
  name: 'last-states',
  operators: ['Concat', 'concatenate'],
  apply(node, graph) {
    const [forward, backward] = node.inputs.map((input) => viewOf(input, graph));
    const axis = Number(node.settings.axis ?? intAttribute(node, 'axis', 0));
    const layer = graph.producer(forward?.source);
    if (node.inputs.length !== 2 || !forward || !backward || backward.source !== forward.source) return false;
    if ((axis !== 1 && axis !== -1) || !layer || !isSequence(layer)) return false;
    const shape = graph.shape(forward.source);
    const [length, channels] = [shape?.[1], shape?.[2]];
    if (!shape || typeof length !== 'number' || typeof channels !== 'number') return false;
    const units = channels / 2;
    const isLast = isHalf(forward, shape[0]!, length - 1, 0, units) && isHalf(backward, shape[0]!, 0, units, units);
    const absorbed = absorbable([layer, ...forward.nodes, ...backward.nodes], node, graph);
    if (!isLast || !absorbed.includes(layer)) return false;
    const { op, inputs, settings, parameters } = layer;
    const message = t('the last state taken from the outputs of all positions');
    graph.replace(
      absorbed,
      { op, inputs, settings: { ...settings, return_sequences: false }, parameters },
      { name: lastStates.name, message },
    );
    return true;
  },
};

function isSequence(layer: GraphNode): boolean {
  return isRecurrent(layer) && layer.settings.bidirectional === true && layer.settings.return_sequences === true;
}

/** `[batch, units]`: the units from `from` on at one position. */
function isHalf(view: View, batch: number | string, position: number, from: number, units: number): boolean {
  const [part, ...more] = view.axes[1] ?? [];
  return (
    view.axes.length === 2 &&
    isAxis(view, 0, 0, batch) &&
    view.offsets[1] === position &&
    view.offsets[2] === from &&
    more.length === 0 &&
    (units === 1 ? part === undefined : part?.axis === 2 && part.stride === 1 && part.size === units)
  );
}
