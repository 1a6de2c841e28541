import { t } from '../l10n';
import type { LayerBuilder } from './builder';
import { weightAndBias } from './parameters';
import { axisNames, elementCount, shapeList } from './shapes';
import { outputSizes, type Padding, padsOf, reach, type Window } from './window';

/** The steps in which a window slides over all axes but the last, which is channels. */

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
export function convolution(builder: LayerBuilder, settings: ConvolutionSettings, step = 'conv'): void {
  const { kernel, channel, groups, use_bias: useBias } = settings;
  if (!hasRank(builder, kernel.length + 1)) return;
  const sizes = builder.shape.slice(0, -1);
  const inputChannels = builder.shape.at(-1)!;
  if (!groupsDivide(builder, inputChannels, channel, groups)) return;
  const window = { kernel, strides: settings.stride, dilations: settings.dilation };
  const pads = padsOf(settings.padding, window, sizes);
  if (!windowFits(builder, window, pads, [], 'kernel')) return;
  const outputShape = [...outputSizes(window, pads, sizes), channel];
  const weight = [channel, inputChannels / groups, ...kernel];
  const fanIn = elementCount(weight.slice(1));
  const fanOut = (elementCount(kernel) * channel) / groups;
  const id = builder.idOf(step);
  builder.append(step, {
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

export interface PoolingSettings {
  readonly pooling_size: readonly number[];
  readonly pooling_stride: readonly number[];
  readonly padding: Padding;
}

/** As a pooling layer has them, which takes pictures and series: a number holds for all axes, or all sides. */
export interface AnyPoolingSettings {
  readonly pooling_size: number | readonly number[];
  readonly pooling_stride: number | readonly number[];
  readonly padding: Padding | number;
}

/** A pooling of as many axes as the input has. */
export function poolingOfAnyRank(
  builder: LayerBuilder,
  kind: 'max_pooling' | 'average_pooling',
  settings: AnyPoolingSettings,
): void {
  const { pooling_size: size, pooling_stride: stride, padding } = settings;
  const written = typeof size === 'number' ? undefined : size.length;
  const rank = written ?? (builder.shape.length === 2 ? 1 : 2);
  const perAxis = (value: number | readonly number[]) => (typeof value === 'number' ? Array(rank).fill(value) : value);
  const sides = sidesOf(padding, rank);
  if (perAxis(stride).length !== rank) failLength(builder, 'pooling_stride', rank);
  if (typeof sides !== 'string' && sides.length !== 2 * rank) failLength(builder, 'padding', rank);
  pooling(builder, kind, { pooling_size: perAxis(size), pooling_stride: perAxis(stride), padding: sides }, []);
}

/** One number for all sides; two are the begin and end of a series, but top and bottom, left and right of a picture. */
function sidesOf(padding: Padding | number, rank: number): Padding {
  if (typeof padding === 'number') return Array<number>(2 * rank).fill(padding);
  return rank === 2 && padding.length === 2 && typeof padding !== 'string' ? [...padding, ...padding] : padding;
}

function failLength(builder: LayerBuilder, key: string, rank: number): void {
  const message =
    rank === 1 ? t('{0} does not fit a series.', `"${key}"`) : t('{0} does not fit a picture.', `"${key}"`);
  builder.fail({ code: 'scheme/wrong-length', message, key: [key] });
}

/** `object` is where the settings stand in the layer: nowhere for a pooling layer, `maxpooling` in a set. */
export function pooling(
  builder: LayerBuilder,
  kind: 'max_pooling' | 'average_pooling',
  settings: PoolingSettings,
  object: readonly string[],
): void {
  const kernel = settings.pooling_size;
  if (!hasRank(builder, kernel.length + 1)) return;
  const sizes = builder.shape.slice(0, -1);
  const window = { kernel, strides: settings.pooling_stride, dilations: kernel.map(() => 1) };
  const pads = padsOf(settings.padding, window, sizes);
  if (!windowFits(builder, window, pads, object, 'pooling_size')) return;
  if (!padsAreSmaller(builder, kernel, pads, object)) return;
  builder.append(kind === 'max_pooling' ? 'maxpooling' : 'average_pooling', {
    kind,
    kernel,
    strides: window.strides,
    pads,
    outputShape: [...outputSizes(window, pads, sizes), builder.shape.at(-1)!],
  });
}

/** Whether what comes in has so many axes; a problem of the layer where it has not. */
export function hasRank(builder: LayerBuilder, rank: number): boolean {
  const { shape, inputs } = builder;
  if (shape.length === rank) return true;
  const message = t(
    'This layer takes {0}, but {1} gives {2}.',
    axisNames(rank),
    `"${inputs[0]!.name}"`,
    shapeList(shape),
  );
  builder.fail({ code: 'scheme/shape-mismatch', message });
  return false;
}

/** Whether the groups divide both numbers of channels; a problem of the layer where they do not. */
export function groupsDivide(builder: LayerBuilder, input: number, output: number, groups: number): boolean {
  if (input % groups === 0 && output % groups === 0) return true;
  const message = t(
    '{0} groups do not divide {1} input channels into {2} output channels evenly. Choose a divisor of both.',
    groups,
    input,
    output,
  );
  const remedy = { key: 'groups', value: largestDivisor(input, output, groups) };
  builder.fail({ code: 'scheme/groups-do-not-divide', message, key: ['groups'], remedy });
  return false;
}

/** The most groups that divide both, and are no more than were asked for. */
function largestDivisor(one: number, other: number, most: number): number {
  let groups = Math.min(one, other, most);
  while (one % groups !== 0 || other % groups !== 0) groups--;
  return groups;
}

/** `object` is where the window's settings stand in the layer. */
function windowFits(
  builder: LayerBuilder,
  window: Window,
  pads: readonly number[],
  object: readonly string[],
  key: string,
): boolean {
  const sizes = builder.shape.slice(0, -1);
  const reaches = sizes.map((_, axis) => reach(window, axis));
  const room = sizes.map((size, axis) => size + pads[axis]! + pads[axis + sizes.length]!);
  if (reaches.every((length, axis) => length <= room[axis]!)) return true;
  const remedy = { object, key: 'padding', value: 'same' };
  const hasShrunk = sizes.some((size, axis) => size < (builder.sampleShape[axis] ?? 0));
  if (hasShrunk) {
    const message = t(
      'A window of {0} leaves nothing of what has shrunk to {1}. Use padding "same", smaller strides or fewer poolings.',
      shapeList(reaches),
      shapeList(sizes),
    );
    builder.fail({ code: 'scheme/size-shrinks-to-zero', message, key: [...object, key], remedy });
  } else {
    const message = t(
      'The window of {0} is larger than its input of {1}. Use a smaller one, or padding "same".',
      shapeList(reaches),
      shapeList(sizes),
    );
    builder.fail({ code: 'scheme/window-too-large', message, key: [...object, key], remedy });
  }
  return false;
}

/** ONNX Runtime and PyTorch refuse a pooling whose padding could hold a whole window. */
function padsAreSmaller(
  builder: LayerBuilder,
  kernel: readonly number[],
  pads: readonly number[],
  object: readonly string[],
): boolean {
  if (pads.every((pad, index) => pad < kernel[index % kernel.length]!)) return true;
  const message = t('The padding of a pooling must be smaller than its window of {0}.', shapeList(kernel));
  builder.fail({ code: 'scheme/padding-too-large', message, key: [...object, 'padding'] });
  return false;
}
