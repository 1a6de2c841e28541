import { t } from '../../l10n';
import type { GraphNode, MatchGraph, Setting } from '../graph/graph';
import { padsOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * A `Pad` of negative width behind a transposed convolution cuts off what the convolution's own padding would leave out:
 * PyTorch has no padding that differs from side to side, so it is written like that.
 *
 * Near miss: a width above zero, which appends zeros where the convolution would give its bias; the batch or the channels cut.
 */
export const cropBehind: Rule = {
  name: 'crop-behind',
  operators: ['Pad'],
  apply(node, graph) {
    const layer = graph.soleProducer(node.inputs[0]);
    if (layer?.op !== 'transposed_convolution' || layer.normalization || layer.dropouts.length > 0) return false;
    const cut = cutOff(node, graph);
    const settings = cut && cropped(layer, cut);
    if (!settings) return false;
    graph.replace(
      [layer, node],
      { op: layer.op, inputs: layer.inputs, settings, parameters: layer.parameters },
      { name: cropBehind.name, message: t('padding written as a Pad of negative width behind') },
    );
    return true;
  },
};

/** How much is cut off of each spatial axis: begins, then ends. */
function cutOff(pad: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  const pads = padsOf(pad, graph);
  if (!pads || pads.length < 6 || pads.some((size) => size > 0)) return undefined;
  const half = pads.length / 2;
  if (pads[0] || pads[1] || pads[half] || pads[half + 1]) return undefined;
  return [...pads.slice(2, half), ...pads.slice(half + 2)].map((size) => -size);
}

/** What was appended at an end is cut off first. */
function cropped({ settings }: GraphNode, cut: readonly number[]): Record<string, Setting> | undefined {
  const { padding, output_padding: appended } = settings;
  if (!Array.isArray(padding) || !Array.isArray(appended) || padding.length !== cut.length) return undefined;
  const half = cut.length / 2;
  const ends = cut.slice(half);
  const left = (appended as readonly number[]).map((size, axis) => Math.max(0, size - ends[axis]!));
  const own = (padding as readonly number[]).map((size, place) =>
    place < half ? size + cut[place]! : size + Math.max(0, cut[place]! - appended[place - half]!),
  );
  return { ...settings, padding: own, output_padding: left };
}
