import { t } from '../../l10n';
import { elementCount } from '../../onnx/tensor';
import { reshaped } from '../graph/constants';
import { type MatchGraph, outputOf } from '../graph/graph';
import { constantBeside } from '../graph/pattern';
import { isComplete, type View, viewOf } from '../graph/view';
import { keepsLast } from './positionwise';
import type { Rule } from './rule';

/**
 * The bias of a dense layer behind rearrangements of the axes in front of its units: `MatMul, Reshape, Transpose, Add`, as the
 * windows of a Swin transformer have it once the layer works in front of them.
 *
 * Near miss: the units are moved or split; a constant along another axis; a value in between that others use.
 */
export const biasBehindRearrangement: Rule = {
  name: 'bias-behind-rearrangement',
  operators: ['Add'],
  apply(node, graph) {
    const found = constantBeside(node, graph);
    const view = found && viewOf(found.value, graph);
    const shape = graph.shape(view?.source);
    const layer = graph.producer(view?.source);
    if (!view || !shape || layer?.op !== 'dense' || layer.parameters.has('bias') || layer.normalization) return false;
    const units = Number(layer.settings.unit);
    const isVector = found.constant.shape.at(-1) === units && elementCount(found.constant.shape) === units;
    if (!isVector || view.nodes.length === 0 || !isComplete(view, graph) || !keepsLast(view, shape)) return false;
    if (layer.dropouts.length > 0 || !isAlone(view, outputOf(node), graph)) return false;
    const { op, inputs, settings } = layer;
    const parameters = new Map([...layer.parameters, ['bias', reshaped(found.constant, [units])]]);
    const rule = { name: biasBehindRearrangement.name, message: t('bias written as an Add behind') };
    graph.replace([layer], { op, inputs, settings, parameters }, rule).origin.push(...node.origin);
    node.origin.splice(0, node.origin.length);
    graph.bypass(graph.replace([node], { op: 'Identity', inputs: [found.value] }));
    return true;
  },
};

/** Whether nobody else uses the source, what comes of it on the way, or the axes of the sum. */
function isAlone(view: View, sum: string, graph: MatchGraph): boolean {
  const values = [view.source, ...view.nodes.map(outputOf)];
  const users = [...view.nodes.map(outputOf), sum];
  const next = values.map((value) => graph.soleUser(value));
  return next.every((user, place) => user !== undefined && outputOf(user) === users[place]);
}
