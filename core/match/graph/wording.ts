import { channelsText, groupsText, headsText, unitsText, valuesText } from '../../counts';
import { t } from '../../l10n';
import { DataType } from '../../onnx/model';
import { elementCount } from '../../onnx/tensor';
import type { Constant } from './constants';
import { type GraphNode, isKnown, type MatchGraph, outputOf, type TensorShape } from './graph';

/** `[3, 3]` as `3 x 3`; a name, a number or a truth value as it is. */
export function sayValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(sayValue).join(typeof value[0] === 'string' ? ', ' : ' x ');
  if (typeof value === 'number') return String(Number(value.toPrecision(7)));
  if (value === undefined) return t('none');
  return String(value);
}

export function sayType(dataType: number): string {
  return DataType[dataType] ?? `type ${dataType}`;
}

/** "kernel: 3 x 3 intended, 5 x 5 exported". */
export function sayDifference(key: string, intended: unknown, exported: unknown): string {
  return t('{0}: {1} intended, {2} exported', key, sayValue(intended), sayValue(exported));
}

/** Keys of a set under which its tail's operations stand, by canonical operator. */
export const TAIL_KEYS: Readonly<Record<string, string>> = {
  activation: 'activation',
  max_pooling: 'maxpooling',
  average_pooling: 'average_pooling',
  batch_normalization: 'batch_normalization',
};

/** A node of ours in a few words: "convolution 3 x 3, 64 channels". */
export function describeNode(node: GraphNode): string {
  const own = describeOperation(node);
  return node.normalization ? `${own} + ${t('batch normalization')}` : own;
}

function describeOperation({ op, settings }: GraphNode): string {
  switch (op) {
    case 'convolution':
      return (
        t('convolution {0}, {1}', sayValue(settings.kernel), channelsText(sayValue(settings.channel))) +
        strideOf(settings.stride)
      );
    case 'transposed_convolution':
      return (
        t('transposed convolution {0}, {1}', sayValue(settings.kernel), channelsText(sayValue(settings.channel))) +
        strideOf(settings.stride)
      );
    case 'layer_normalization':
      return t('layer normalization');
    case 'group_normalization':
      return t('group normalization, {0}', groupsText(sayValue(settings.groups)));
    case 'rms_normalization':
      return t('RMS normalization');
    case 'attention':
      return t('attention, {0} of {1}', headsText(sayValue(settings.heads)), sayValue(settings.key_dimension));
    case 'lstm':
    case 'gru':
    case 'rnn':
      return settings.bidirectional
        ? t('{0}, {1} in both directions', op.toUpperCase(), unitsText(sayValue(settings.unit)))
        : `${op.toUpperCase()}, ${unitsText(sayValue(settings.unit))}`;
    case 'embedding':
      return t('embedding of {0} in {1}', sayValue(settings.vocabulary), valuesText(sayValue(settings.dimension)));
    case 'upsampling':
      return t('upsampling {0}', sayValue(settings.size));
    case 'dense':
      return t('dense, {0}', unitsText(sayValue(settings.unit)));
    case 'activation':
      return settings.alpha === undefined
        ? String(settings.activation)
        : `${settings.activation} (${sayValue(settings.alpha)})`;
    case 'max_pooling':
      return t('max pooling {0}', sayValue(settings.pooling_size));
    case 'average_pooling':
      return t('average pooling {0}', sayValue(settings.pooling_size));
    case 'global_average_pooling':
      return t('global average pooling');
    case 'global_max_pooling':
      return t('global max pooling');
    case 'batch_normalization':
      return t('batch normalization');
    case 'flatten':
      return t('flatten');
    case 'add':
      return t('add');
    case 'multiply':
      return t('multiply');
    case 'concatenate':
      return t('concatenate');
    default:
      return op;
  }
}

function strideOf(stride: unknown): string {
  const moves = Array.isArray(stride) && stride.some((step) => step !== 1);
  return moves ? t(', stride {0}', sayValue(stride)) : '';
}

/** A layer that adds one number per channel or unit, if it does. */
export function hasBias({ op }: GraphNode): boolean {
  return op === 'convolution' || op === 'transposed_convolution' || op === 'dense';
}

export function isRecurrent({ op }: GraphNode): boolean {
  return op === 'lstm' || op === 'gru' || op === 'rnn';
}

/** The name by which a person finds the node in the file. */
export function nodeName(node: GraphNode): string {
  return node.origin[0]?.name || outputOf(node) || node.op;
}

/** NCHW as the scheme writes it: height, width, channels; without the batch axis. */
export function schemeShape(shape: TensorShape | undefined): readonly number[] | undefined {
  if (!shape || shape.length < 2) return undefined;
  const [channels, ...rest] = shape.slice(1);
  const reordered = [...rest, channels!];
  return isKnown(reordered) ? reordered : undefined;
}

/**
 * How many values training sets in these nodes: weights and biases, scale and shift, each stored tensor once. Running
 * statistics are none of them, and neither is a single number in arithmetic.
 */
export function parametersOf(nodes: readonly GraphNode[], graph: MatchGraph): number {
  const sizes = new Map<unknown, number>();
  const count = (constant: Constant): void => {
    sizes.set(constant.source?.tensor ?? constant, constant.ownCount ?? elementCount(constant.shape));
  };
  for (const node of nodes) {
    eachOwnParameter(node, count);
    if (node.normalization) eachOwnParameter(node.normalization, count);
    for (const input of node.inputs) {
      const constant = graph.constant(input);
      if (constant && isTensor(constant)) count(constant);
    }
  }
  let sum = 0;
  for (const size of sizes.values()) sum += size;
  return sum;
}

function eachOwnParameter({ parameters }: GraphNode, each: (constant: Constant) => void): void {
  for (const [role, constant] of parameters) if (role !== 'mean' && role !== 'variance') each(constant);
}

/** Of numbers with a fraction, and more than one: indices and shapes are not trained. */
function isTensor({ dataType, shape }: Constant): boolean {
  const isReal = [DataType.float, DataType.double, DataType.float16, DataType.bfloat16].includes(dataType);
  return isReal && elementCount(shape) > 1;
}

export function outputShapeOf(node: GraphNode, graph: MatchGraph): readonly number[] | undefined {
  return schemeShape(graph.shape(outputOf(node)));
}
