import { t } from '../l10n';
import type { LayerBuilder } from './builder';
import { weightAndBias } from './parameters';
import { elementCount, shapeList } from './shapes';
import { type ConvolutionSettings, groupsDivide, hasRank } from './sliding';
import { reach, type Window } from './window';

/**
 * A transposed convolution over all axes but the last. An axis of `n` values gives `(n - 1) * stride + reach`, less what the
 * padding cuts off; with `same`, `n * stride`, and what is too much is cut off at both ends, the odd one at the end.
 */
export function transposedConvolution(builder: LayerBuilder, settings: ConvolutionSettings): void {
  const { kernel, channel, groups, use_bias: useBias } = settings;
  if (!hasRank(builder, kernel.length + 1)) return;
  const sizes = builder.shape.slice(0, -1);
  const channels = builder.shape.at(-1)!;
  if (!groupsDivide(builder, channels, channel, groups)) return;
  const window = { kernel, strides: settings.stride, dilations: settings.dilation };
  const { pads, outputPadding } = cut(settings, window, sizes.length);
  const output = transposedSizes(window, pads, outputPadding, sizes);
  if (!isLeft(builder, output)) return;
  const weight = [channels, channel / groups, ...kernel];
  const [fanIn, fanOut] = [(elementCount(kernel) * channels) / groups, elementCount(weight.slice(1))];
  const id = builder.idOf('conv');
  builder.append('conv', {
    kind: 'transposed_convolution',
    ...window,
    pads,
    outputPadding,
    groups,
    useBias,
    outputShape: [...output, channel],
    parameters: weightAndBias(id, weight, fanIn, fanOut, useBias, channel),
    macs: elementCount(sizes) * elementCount(weight),
  });
}

/** What is cut off each end, and what is appended where the kernel is shorter than the stride. */
function cut({ padding }: ConvolutionSettings, window: Window, rank: number) {
  const none = window.kernel.map(() => 0);
  if (padding === 'valid') return { pads: [...none, ...none], outputPadding: none };
  if (padding !== 'same') return { pads: padding.slice(0, 2 * rank), outputPadding: none };
  const surplus = window.kernel.map((_, axis) => reach(window, axis) - window.strides[axis]!);
  const begins = surplus.map((total) => Math.floor(Math.max(total, 0) / 2));
  const ends = surplus.map((total, axis) => Math.max(total, 0) - begins[axis]!);
  return { pads: [...begins, ...ends], outputPadding: surplus.map((total) => Math.max(-total, 0)) };
}

function transposedSizes(
  window: Window,
  pads: readonly number[],
  outputPadding: readonly number[],
  sizes: readonly number[],
): number[] {
  return sizes.map((size, axis) => {
    const whole = (size - 1) * window.strides[axis]! + reach(window, axis) + outputPadding[axis]!;
    return whole - pads[axis]! - pads[axis + sizes.length]!;
  });
}

function isLeft(builder: LayerBuilder, output: readonly number[]): boolean {
  if (output.every((size) => size > 0)) return true;
  const message = t('The padding cuts everything off: {0} would be left. Use less, or "same".', shapeList(output));
  const remedy = { key: 'padding', value: 'same' };
  builder.fail({ code: 'scheme/padding-too-large', message, key: ['padding'], remedy });
  return false;
}
