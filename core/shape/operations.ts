import { t } from '../l10n';
import type { LayerBuilder } from './builder';
import type { ActivationFunction, Initializer, Parameter } from './network';
import { axisNames, elementCount, shapeText } from './shapes';
import { outputSizes, type Padding, padsOf, reach, type Window } from './window';

/**
 * The steps that layer types are made of. Each appends one operation to the builder, with its output shape, its parameters
 * and its multiply-accumulates, or says why it cannot. Only the products of a convolution or dense layer with its weights
 * are counted as MACs, as in Howard et al. 2017 (MobileNets): neither biases nor normalization, pooling and activations.
 */

export interface ConvolutionSettings {
  readonly kernel: readonly number[];
  readonly channel: number;
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly use_bias: boolean;
}

/** A convolution over all axes but the last, which is channels. */
export function convolution(builder: LayerBuilder, settings: ConvolutionSettings): void {
  const { kernel, channel, groups, use_bias: useBias } = settings;
  if (!hasRank(builder, kernel.length + 1)) return;
  const sizes = builder.shape.slice(0, -1);
  const inputChannels = builder.shape.at(-1)!;
  if (!groupsDivide(builder, inputChannels, channel, groups)) return;
  const window = { kernel, strides: settings.stride, dilations: settings.dilation };
  const pads = padsOf(settings.padding, window, sizes);
  if (!windowFits(builder, window, pads, ['kernel'])) return;
  const outputShape = [...outputSizes(window, pads, sizes), channel];
  const weight = [channel, inputChannels / groups, ...kernel];
  const fanIn = elementCount(weight.slice(1));
  const fanOut = (elementCount(kernel) * channel) / groups;
  const id = builder.idOf('conv');
  builder.append('conv', {
    kind: 'convolution',
    ...window,
    pads,
    groups,
    useBias,
    outputShape,
    parameters: weightAndBias(id, weight, fanIn, fanOut, useBias),
    macs: elementCount(outputShape) * fanIn,
  });
}

/** A dense layer on the last axis; an input with more axes is flattened first. */
export function dense(builder: LayerBuilder, units: number, useBias: boolean): void {
  if (builder.shape.length > 1) flatten(builder);
  const features = builder.shape.at(-1)!;
  builder.append('dense', {
    kind: 'dense',
    units,
    useBias,
    outputShape: [units],
    parameters: weightAndBias(builder.idOf('dense'), [units, features], features, units, useBias),
    macs: units * features,
  });
}

export function flatten(builder: LayerBuilder): void {
  builder.append('flatten', { kind: 'flatten', outputShape: [elementCount(builder.shape)] });
}

export function batchNormalization(builder: LayerBuilder, settings: { epsilon: number; momentum: number }): void {
  const { epsilon, momentum } = settings;
  const id = builder.idOf('batch_normalization');
  const channels = [builder.shape.at(-1)!];
  const parameters = [
    parameter(id, 'scale', channels, constant(1)),
    parameter(id, 'shift', channels, constant(0)),
    parameter(id, 'running_mean', channels, constant(0)),
    parameter(id, 'running_variance', channels, constant(1)),
  ];
  const outputShape = builder.shape;
  builder.append('batch_normalization', { kind: 'batch_normalization', epsilon, momentum, outputShape, parameters });
}

export function activation(builder: LayerBuilder, settings: { type: ActivationFunction; alpha?: number }): void {
  const { type, alpha = 0 } = settings;
  builder.append('activation', { kind: 'activation', activation: type, alpha, outputShape: builder.shape });
}

export interface PoolingSettings {
  readonly pooling_size: readonly number[];
  readonly pooling_stride: readonly number[];
  readonly padding: Padding;
}

/** `key` is where the settings stand in the layer: nowhere for a pooling layer, `maxpooling` in a set. */
export function pooling(
  builder: LayerBuilder,
  kind: 'max_pooling' | 'average_pooling',
  settings: PoolingSettings,
  key: readonly string[],
): void {
  const kernel = settings.pooling_size;
  if (!hasRank(builder, kernel.length + 1)) return;
  const sizes = builder.shape.slice(0, -1);
  const window = { kernel, strides: settings.pooling_stride, dilations: kernel.map(() => 1) };
  const pads = padsOf(settings.padding, window, sizes);
  if (!windowFits(builder, window, pads, [...key, 'pooling_size']) || !padsAreSmaller(builder, kernel, pads, key))
    return;
  builder.append(kind === 'max_pooling' ? 'maxpooling' : 'average_pooling', {
    kind,
    kernel,
    strides: window.strides,
    pads,
    outputShape: [...outputSizes(window, pads, sizes), builder.shape.at(-1)!],
  });
}

export function globalAveragePooling(builder: LayerBuilder): void {
  if (builder.shape.length < 2) {
    const message = t('{0} has one value per channel already.', shapeText(builder.shape));
    return builder.fail({ code: 'scheme/shape-mismatch', message: `${message} ${t('Remove this layer.')}` });
  }
  builder.append('global_average_pooling', { kind: 'global_average_pooling', outputShape: builder.shape.slice(-1) });
}

export function dropout(builder: LayerBuilder, rate: number): void {
  builder.append('dropout', { kind: 'dropout', rate, outputShape: builder.shape });
}

function hasRank(builder: LayerBuilder, rank: number): boolean {
  if (builder.shape.length === rank) return true;
  const source = builder.inputs[0]!.name;
  const message = t(
    'This layer takes {0}, but {1} gives {2}.',
    axisNames(rank),
    `"${source}"`,
    shapeText(builder.shape),
  );
  builder.fail({ code: 'scheme/shape-mismatch', message });
  return false;
}

function groupsDivide(builder: LayerBuilder, input: number, output: number, groups: number): boolean {
  if (input % groups === 0 && output % groups === 0) return true;
  const [channels, key] = input % groups === 0 ? [output, t('output channels')] : [input, t('input channels')];
  const message = t(
    '{0} {1} cannot be split into {2} groups. Choose a divisor of both {3} and {4}.',
    channels,
    key,
    groups,
    input,
    output,
  );
  builder.fail({ code: 'scheme/groups-do-not-divide', message, key: ['groups'] });
  return false;
}

function windowFits(builder: LayerBuilder, window: Window, pads: readonly number[], key: readonly string[]): boolean {
  const sizes = builder.shape.slice(0, -1);
  const fits = sizes.every((size, axis) => reach(window, axis) <= size + pads[axis]! + pads[axis + sizes.length]!);
  if (fits) return true;
  const reaches = shapeText(sizes.map((_, axis) => reach(window, axis)));
  const message = t('The window of {0} is larger than its input of {1}.', reaches, shapeText(sizes));
  builder.fail({ code: 'scheme/window-too-large', message, key });
  return false;
}

/** ONNX Runtime and PyTorch refuse a pooling whose padding could hold a whole window. */
function padsAreSmaller(
  builder: LayerBuilder,
  kernel: readonly number[],
  pads: readonly number[],
  key: readonly string[],
) {
  if (pads.every((pad, index) => pad < kernel[index % kernel.length]!)) return true;
  const message = t('The padding of a pooling must be smaller than its window of {0}.', shapeText(kernel));
  builder.fail({ code: 'scheme/padding-too-large', message, key: [...key, 'padding'] });
  return false;
}

function weightAndBias(
  id: string,
  weight: readonly number[],
  fanIn: number,
  fanOut: number,
  useBias: boolean,
): Parameter[] {
  const weights = parameter(id, 'weight', weight, { kind: 'glorot_uniform', fanIn, fanOut });
  return useBias ? [weights, parameter(id, 'bias', [weight[0]!], constant(0))] : [weights];
}

function parameter(id: string, role: Parameter['role'], shape: readonly number[], initializer: Initializer): Parameter {
  const trainable = role !== 'running_mean' && role !== 'running_variance';
  return { name: `${id}.${role}`, role, shape, trainable, initializer };
}

function constant(value: number): Initializer {
  return { kind: 'constant', value };
}
