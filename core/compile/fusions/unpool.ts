import type { GraphBuilder } from '../../onnx/builder';
import { DataType } from '../../onnx/model';
import type { Pooling } from '../../shape/network';
import { channels } from '../layout';
import { type Window, windows } from '../operations/window';

/** Whether no element is in two windows of the pooling, and the fast way back applies: images, windows side by side. */
export function isTiling(pooling: Pooling): boolean {
  return pooling.kernel.length === 2 && pooling.kernel.every((size, axis) => size === pooling.strides[axis]);
}

/**
 * Brings the gradient of a max pooling's output to the places of the maxima; equal maxima in a window share it. ONNX Runtime's
 * own indices and scattering take several times as long as comparing the input with its maxima, spread out again.
 */
export function routeToMaxima(
  graph: GraphBuilder,
  pooling: Pooling,
  { input, maxima, gradient }: { input: string; maxima: string; gradient: string },
): string {
  const isMaximum = graph.add('Equal', [input, spread(graph, pooling, maxima)]);
  const mask = graph.add('Cast', [isMaximum], { to: DataType.float });
  const share = graph.add('Div', [gradient, sumOverWindows(graph, pooling, mask)]);
  return graph.add('Mul', [mask, spread(graph, pooling, share)]);
}

/** Every element of the pooling's input has its window's value; elements in no window have 0. */
function spread(graph: GraphBuilder, pooling: Pooling, value: string): string {
  const [rows, columns] = windows(pooling);
  const wide = graph.add('MatMul', [value, membership(graph, columns, false)]);
  const sources = windowOfElements(rows);
  const outside = sources.includes(rows.output);
  const padded = outside ? graph.add('Pad', [wide, graph.ints([0, 0, 0, 0, 0, 0, 1, 0])]) : wide;
  return graph.add('Gather', [padded, graph.ints(sources)], { axis: 2 });
}

/** Products with matrices of ones and zeros: a reduction over such short axes is several times slower. */
function sumOverWindows(graph: GraphBuilder, pooling: Pooling, value: string): string {
  const [rows, columns] = windows(pooling);
  const narrow = graph.add('MatMul', [value, membership(graph, columns, true)]);
  const missing = [rows.padBegin, rows.output * rows.kernel - rows.padBegin - rows.input];
  const pads = graph.ints([0, 0, missing[0], 0, 0, 0, missing[1], 0]);
  const tiled = missing.some((count) => count !== 0) ? graph.add('Pad', [narrow, pads]) : narrow;
  const size = rows.kernel * columns.output;
  const windowRows = graph.ints([-1, channels(pooling.outputShape), rows.output, size]);
  const sums = Array.from({ length: size * columns.output }, (_, index) => {
    const [place, column] = [Math.floor(index / columns.output), index % columns.output];
    return place % columns.output === column ? 1 : 0;
  });
  return graph.add('MatMul', [graph.add('Reshape', [tiled, windowRows]), graph.floats(sums, [size, columns.output])]);
}

/** Which window each element belongs to; `output` (one too many) for none. */
function windowOfElements({ input, output, stride, padBegin }: Window): number[] {
  return Array.from({ length: input }, (_, place) => Math.min(Math.floor((place + padBegin) / stride), output));
}

/** Ones where an element is in a window: `[windows, elements]`, or transposed. */
function membership(graph: GraphBuilder, window: Window, transposed: boolean): string {
  const values: number[] = new Array(window.output * window.input).fill(0);
  for (const [element, index] of windowOfElements(window).entries()) {
    if (index < window.output)
      values[transposed ? element * window.output + index : index * window.input + element] = 1;
  }
  return graph.floats(values, transposed ? [window.input, window.output] : [window.output, window.input]);
}
