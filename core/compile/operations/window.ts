/** How a window (a convolution's or a pooling's) moves along one axis; all in elements of that axis. */
export interface Window {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
  readonly padEnd: number;
  /** Padded elements at the end that no window reaches; smaller than the stride. */
  readonly leftover: number;
}

interface Windowed {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads: readonly number[];
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
}

/** One window per spatial axis. */
export function windows(operation: Windowed): Window[] {
  return operation.kernel.map((kernel, axis) => {
    const input = operation.inputShapes[0][axis];
    const output = operation.outputShape[axis];
    const stride = operation.strides[axis];
    const dilation = operation.dilations?.[axis] ?? 1;
    const padBegin = operation.pads[axis];
    const padEnd = operation.pads[axis + operation.kernel.length];
    const reached = (output - 1) * stride + (kernel - 1) * dilation + 1;
    return { input, output, kernel, stride, dilation, padBegin, padEnd, leftover: input + padBegin + padEnd - reached };
  });
}

/** ONNX's order of `pads`: all begins, then all ends. */
export function pads(begins: readonly number[], ends: readonly number[]): number[] {
  return [...begins, ...ends];
}

/**
 * For each window, in row order, and each place in it, in row order: the flat position of the input that it sees, undefined for
 * padding.
 */
export function windowPlaces(moving: readonly Window[]): (number | undefined)[] {
  const starts = combinations(moving.map(({ output }) => output));
  const places = combinations(moving.map(({ kernel }) => kernel));
  return starts.flatMap((start) =>
    places.map((place) => {
      const along = moving.map(
        ({ stride, dilation, padBegin }, axis) => start[axis] * stride + place[axis] * dilation - padBegin,
      );
      if (along.some((at, axis) => at < 0 || at >= moving[axis].input)) return undefined;
      return along.reduce((position, at, axis) => position * moving[axis].input + at, 0);
    }),
  );
}

/** Every combination of whole numbers from 0 up to each size, in row order. */
export function combinations(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (found, size) => found.flatMap((first) => Array.from({ length: size }, (_, next) => [...first, next])),
    [[]],
  );
}
