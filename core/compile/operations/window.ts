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
