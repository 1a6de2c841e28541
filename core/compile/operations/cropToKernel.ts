import type { GraphBuilder } from '../../onnx/builder';
import type { Convolution } from '../../shape/network';
import { windows } from './window';

/** Of a correlation, with the kernel's axes from the third on: input that no window reached gives it more places than the kernel has. */
export function cropToKernel(graph: GraphBuilder, operation: Convolution, correlated: string): string {
  const excess = windows(operation).map((window) => Math.floor(window.leftover / window.dilation));
  if (excess.every((places) => places === 0)) return correlated;
  const axes = operation.kernel.map((_, index) => index + 2);
  return graph.add('Slice', [
    correlated,
    graph.ints(axes.map(() => 0)),
    graph.ints(operation.kernel),
    graph.ints(axes),
  ]);
}
