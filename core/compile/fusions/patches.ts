import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { channels, elements } from '../layout';
import { inputUnderKernel } from '../operations/inputUnderKernel';
import { reduce, sumOfProducts } from '../reductions';
import type { GradientParts } from './normalizedConvolution';

/**
 * What the windows of a convolution see, `[batch, places in a window, windows]`, less each place's mean over the batch. For a
 * first layer there are few places (9 for a 3 x 3 kernel on grey images), and their second moments, a matrix of places by
 * places, say all about the output that batch norm asks: its mean and variance, and its part in the weight's gradient. The
 * output itself, many times larger, needs no pass for them.
 */
export interface Patches {
  /** Mean and variance, per channel, of `weight * input + offset`. */
  moments(weight: string, offset: string): { mean: string; variance: string };
  /** As `NormalizedConvolution.backward`; the term drops out, as the centred places sum to zero. */
  weightGradient(weight: string, parts: GradientParts): string;
}

/** Whether a convolution sees so few places that this is worth while. */
export function suitsPatches({ inputShapes, kernel, groups }: Convolution): boolean {
  return groups === 1 && channels(inputShapes[0]) * elements(kernel) <= 64;
}

export function emitPatches(graph: GraphBuilder, operation: Convolution, input: string, count: string): Patches {
  const places = channels(operation.inputShapes[0]) * elements(operation.kernel);
  const raw = windowsAsColumns(graph, operation, input, places);
  const mean = graph.add('Div', [reduce(graph, 'ReduceSum', reduce(graph, 'ReduceSum', raw, [2]), [0]), count]);
  const column = graph.ints([-1, 1]);
  const centred = graph.add('Sub', [raw, graph.add('Reshape', [mean, column])]);
  const moments = sumOfProducts(graph, centred, centred);
  return {
    moments(weight, offset) {
      const rows = weightAsRows(graph, operation, weight, places);
      const covariance = graph.add('Div', [moments, count]);
      const products = graph.add('Mul', [graph.add('MatMul', [rows, covariance]), rows]);
      return {
        mean: graph.add('Add', [graph.add('MatMul', [rows, mean]), offset]),
        variance: graph.add('Max', [reduce(graph, 'ReduceSum', products, [1]), graph.scalar(0)]),
      };
    },
    weightGradient(weight, { gradient, slope, factor }) {
      const flat = graph.add('Reshape', [gradient, graph.ints([0, channels(operation.outputShape), -1])]);
      const rows = weightAsRows(graph, operation, weight, places);
      const own = graph.add('Mul', [graph.add('MatMul', [rows, moments]), graph.add('Reshape', [factor, column])]);
      const whole = graph.add('Add', [sumOfProducts(graph, flat, centred), own]);
      return rowsAsWeight(graph, operation, graph.add('Mul', [whole, graph.add('Reshape', [slope, column])]));
    },
  };
}

/** `[batch, places, windows]`, the channels at a place of the kernel side by side. */
function windowsAsColumns(graph: GraphBuilder, operation: Convolution, input: string, places: number): string {
  const seen = graph.add('Concat', inputUnderKernel(graph, operation, input), { axis: 1 });
  return graph.add('Reshape', [seen, graph.ints([0, places, -1])]);
}

/** `[out, in, ...kernel]` to `[out, places]`. */
function weightAsRows(graph: GraphBuilder, { kernel }: Convolution, weight: string, places: number): string {
  const kernelAxes = kernel.map((_, index) => index + 2);
  const channelsLast = graph.add('Transpose', [weight], { perm: [0, ...kernelAxes, 1] });
  return graph.add('Reshape', [channelsLast, graph.ints([-1, places])]);
}

function rowsAsWeight(graph: GraphBuilder, operation: Convolution, rows: string): string {
  const { kernel, inputShapes } = operation;
  const channelsLast = graph.add('Reshape', [rows, graph.ints([-1, ...kernel, channels(inputShapes[0])])]);
  return graph.add('Transpose', [channelsLast], {
    perm: [0, kernel.length + 1, ...kernel.map((_, index) => index + 1)],
  });
}
