import {
  type Dimension,
  type GraphNode,
  intAttribute,
  intsAttribute,
  isKnown,
  stringAttribute,
  type TensorShape,
} from './graph';

/** A convolution's or pooling's window, with every default filled in and `auto_pad` put into numbers. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins, then ends; ends only as far as a window reaches where the input's size is known. */
  readonly pads: readonly number[];
  /** The spatial part of the output. */
  readonly output: readonly Dimension[];
}

/**
 * Reads the window of a Conv, MaxPool or AveragePool; `undefined` when it depends on a size that is not known.
 * https://onnx.ai/onnx/operators/onnx__MaxPool.html has the formulas of `auto_pad` and `ceil_mode`.
 */
export function windowOf(
  node: GraphNode,
  input: TensorShape | undefined,
  kernel: readonly number[],
): Window | undefined {
  const rank = kernel.length;
  const strides = intsAttribute(node, 'strides') ?? kernel.map(() => 1);
  const dilations = intsAttribute(node, 'dilations') ?? kernel.map(() => 1);
  const axes = kernel.map((size, axis) =>
    windowAlong(node, input?.[axis + 2], (size - 1) * dilations[axis]! + 1, strides[axis]!, axis, rank),
  );
  if (axes.includes(undefined)) return undefined;
  const known = axes as readonly AxisWindow[];
  return {
    kernel,
    strides,
    dilations,
    pads: [...known.map((axis) => axis.begin), ...known.map((axis) => axis.end)],
    output: known.map((axis) => axis.output),
  };
}

/** Shape of a Conv's or pooling's output; a Conv's channels come from its weight. */
export function windowOutput(
  node: GraphNode,
  input: TensorShape,
  weight: TensorShape | undefined,
): TensorShape | undefined {
  const isConvolution = node.op === 'Conv' || node.op === 'ConvInteger';
  const kernel = intsAttribute(node, 'kernel_shape') ?? (weight?.slice(2) as readonly number[] | undefined);
  const channels = isConvolution ? weight?.[0] : input[1];
  const window = kernel && windowOf(node, input, kernel);
  return window && channels !== undefined ? [input[0]!, channels, ...window.output] : undefined;
}

/** https://onnx.ai/onnx/operators/onnx__ConvTranspose.html, without `auto_pad` and `output_shape`. */
export function transposedConvolutionShape(
  node: GraphNode,
  shape: TensorShape,
  weight: TensorShape | undefined,
): TensorShape | undefined {
  const kernel: TensorShape | undefined = weight?.slice(2);
  const channels = weight?.[1];
  if (!isKnown(kernel) || typeof channels !== 'number' || node.attributes.has('output_shape')) return undefined;
  const automatic = node.attributes.get('auto_pad');
  if (automatic?.type === 'string' && automatic.value !== 'NOTSET') return undefined;
  const values = (name: string, fallback: number) => intsAttribute(node, name) ?? kernel.map(() => fallback);
  const [strides, dilations, added] = [values('strides', 1), values('dilations', 1), values('output_padding', 0)];
  const pads = intsAttribute(node, 'pads') ?? [...kernel, ...kernel].map(() => 0);
  const sizes = kernel.map((size, axis) => {
    const input = shape[axis + 2];
    if (typeof input !== 'number') return undefined;
    const extent = (size - 1) * dilations[axis]! + 1;
    return strides[axis]! * (input - 1) + added[axis]! + extent - pads[axis]! - pads[axis + kernel.length]!;
  });
  if (sizes.includes(undefined)) return undefined;
  return [shape[0]!, channels * intAttribute(node, 'group', 1), ...(sizes as number[])];
}

interface AxisWindow {
  readonly begin: number;
  readonly end: number;
  readonly output: Dimension;
}

function windowAlong(
  node: GraphNode,
  size: Dimension | undefined,
  extent: number,
  stride: number,
  axis: number,
  rank: number,
): AxisWindow | undefined {
  const automatic = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (automatic === 'SAME_UPPER' || automatic === 'SAME_LOWER') {
    return samePadding(size, extent, stride, automatic === 'SAME_LOWER');
  }
  const pads = automatic === 'VALID' ? undefined : intsAttribute(node, 'pads');
  const begin = pads?.[axis] ?? 0;
  const end = pads?.[axis + rank] ?? 0;
  if (typeof size !== 'number') {
    const kept = begin + end === extent - 1 && stride === 1 && size !== undefined;
    return intAttribute(node, 'ceil_mode', 0)
      ? undefined
      : { begin, end, output: kept ? size : unknownSize(size, begin, end, extent, stride) };
  }
  const output = outputSize(node, size, begin, end, extent, stride);
  return { begin, end: reach(size, output, begin, extent, stride), output };
}

function samePadding(
  size: Dimension | undefined,
  extent: number,
  stride: number,
  lower: boolean,
): AxisWindow | undefined {
  if (typeof size !== 'number' && stride !== 1) return undefined;
  const output = typeof size === 'number' ? Math.ceil(size / stride) : (size ?? '?');
  const total = typeof size === 'number' ? Math.max(0, ((output as number) - 1) * stride + extent - size) : extent - 1;
  const less = Math.floor(total / 2);
  return { begin: lower ? total - less : less, end: lower ? less : total - less, output };
}

function outputSize(node: GraphNode, size: number, begin: number, end: number, extent: number, stride: number): number {
  const places = (size + begin + end - extent) / stride;
  if (!intAttribute(node, 'ceil_mode', 0)) return Math.floor(places) + 1;
  const output = Math.ceil(places) + 1;
  // A last window that would start in the padding behind the input is left out.
  return (output - 1) * stride >= size + begin ? output - 1 : output;
}

/** How far behind the input the last window reaches: padding beyond it is never read. */
function reach(size: number, output: number, begin: number, extent: number, stride: number): number {
  return Math.max(0, (output - 1) * stride + extent - size - begin);
}

/** A symbol that is spelled alike exactly where the sizes are alike. */
function unknownSize(size: Dimension | undefined, ...window: readonly number[]): string {
  return `window(${[size ?? '?', ...window].join(',')})`;
}
