import type { Pads } from './network';

/** A window that slides over the spatial axes; one number per axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** As the scheme says it: `same`, `valid`, or numbers in the order of `Pads`. */
export type Padding = 'same' | 'valid' | readonly number[];

/** How far a kernel reaches along an axis. */
export function reach(window: Window, axis: number): number {
  return (window.kernel[axis]! - 1) * window.dilations[axis]! + 1;
}

/**
 * `same` puts as many zeros around the input as make the output `ceil(input / stride)`, the odd one at the end: ONNX's
 * `SAME_UPPER` (Operators.md, Conv, `auto_pad`).
 */
export function padsOf(padding: Padding, window: Window, sizes: readonly number[]): Pads {
  if (padding === 'valid') return sizes.concat(sizes).map(() => 0);
  if (padding !== 'same') return padding;
  const totals = sizes.map((size, axis) => {
    const stride = window.strides[axis]!;
    return Math.max((Math.ceil(size / stride) - 1) * stride + reach(window, axis) - size, 0);
  });
  const begins = totals.map((total) => Math.floor(total / 2));
  return [...begins, ...totals.map((total, axis) => total - begins[axis]!)];
}

/** `floor((input + pads - reach) / stride) + 1` per axis (Dumoulin and Visin 2016); 0 or less where the window does not fit. */
export function outputSizes(window: Window, pads: Pads, sizes: readonly number[]): number[] {
  return sizes.map((size, axis) => {
    const room = size + pads[axis]! + pads[axis + sizes.length]! - reach(window, axis);
    return Math.floor(room / window.strides[axis]!) + 1;
  });
}
