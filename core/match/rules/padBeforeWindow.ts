import { t } from '../../l10n';
import type { Attribute } from '../../onnx/model';
import { scalar } from '../graph/constants';
import {
  type GraphNode,
  intAttribute,
  intsAttribute,
  type MatchGraph,
  outputOf,
  stringAttribute,
} from '../graph/graph';
import { padsOf } from '../graph/operatorArguments';
import type { Rule } from './rule';

/**
 * A `Pad` of zeros in front of a `Conv` is the convolution's own padding; in front of an `AveragePool` it is padding that
 * counts. PyTorch's TorchScript exporter writes `ZeroPad2d` so, and a padded average pool. What others use of it stays.
 *
 * A zero in front of a `MaxPool` wins against no value behind a relu, so that it is the pooling's own padding too: Keras'
 * ResNet.
 *
 * Near miss: a `Pad` of zeros in front of a `MaxPool` of values that may be negative, which would lose against the zero; its
 * own padding is minus infinity. A `Pad` that reflects, or that pads the batch or the channels.
 */
export const padBeforeWindow: Rule = {
  name: 'pad-in-front',
  operators: ['Conv', 'AveragePool', 'MaxPool'],
  apply(node, graph) {
    const pad = graph.producer(node.inputs[0]);
    if (pad?.op !== 'Pad' || !pad.inputs[0]) return false;
    const added = spatialPads(pad, node.op, graph);
    const own = ownPads(node, added?.length);
    if (!added || !own || !fits(node, own)) return false;
    const pads = own.map((size, place) => size + added[place]!);
    const attributes = new Map<string, Attribute>(node.attributes);
    attributes.delete('auto_pad');
    attributes.set('pads', { type: 'ints', value: pads });
    if (node.op === 'AveragePool') attributes.set('count_include_pad', { type: 'int', value: 1 });
    graph.replace(
      graph.soleUser(outputOf(pad)) ? [pad, node] : [node],
      { op: node.op, inputs: [pad.inputs[0], ...node.inputs.slice(1)], attributes },
      { name: padBeforeWindow.name, message: t('padding written as a Pad in front') },
    );
    return true;
  },
};

function fits(node: GraphNode, own: readonly number[]): boolean {
  if (intAttribute(node, 'ceil_mode', 0)) return false;
  if (node.op === 'AveragePool') {
    return own.every((size) => size === 0) || intAttribute(node, 'count_include_pad', 0) === 1;
  }
  return true;
}

function ownPads(node: GraphNode, length: number | undefined): readonly number[] | undefined {
  if (length === undefined || stringAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME')) return undefined;
  const pads = intsAttribute(node, 'pads') ?? Array.from({ length }, () => 0);
  return pads.length === length ? pads : undefined;
}

/** The pads of the axes behind batch and channels, if the Pad fills with what the window's own padding is. */
function spatialPads(pad: GraphNode, window: string, graph: MatchGraph): readonly number[] | undefined {
  const pads = padsOf(pad, graph);
  if (!pads || pads.length < 6 || pads.some((size) => size < 0)) return undefined;
  if (stringAttribute(pad, 'mode', 'constant') !== 'constant') return undefined;
  const fill = fillOf(pad, graph);
  const isOwn = fill === (window === 'MaxPool' ? Number.NEGATIVE_INFINITY : 0);
  if (!isOwn && !(fill === 0 && isNeverNegative(graph.producer(pad.inputs[0])))) return undefined;
  const half = pads.length / 2;
  if (pads[0] || pads[1] || pads[half] || pads[half + 1]) return undefined;
  return [...pads.slice(2, half), ...pads.slice(half + 2)];
}

const NEVER_NEGATIVE = new Set(['relu', 'relu6', 'sigmoid', 'softplus', 'softmax']);

function isNeverNegative(node: GraphNode | undefined): boolean {
  return node?.op === 'activation' && NEVER_NEGATIVE.has(String(node.settings.activation));
}

function fillOf(pad: GraphNode, graph: MatchGraph): number | undefined {
  if (pad.inputs[2]) return scalar(graph.constant(pad.inputs[2]));
  const value = pad.attributes.get('value');
  return value?.type === 'float' ? value.value : 0;
}
