import type { Pooling } from '../../shape/network';
import type { OperationCompiler } from '../emission';
import { scatterToIndices } from './scatter';

/** The gradient goes to the place that ONNX Runtime reports as the maximum (the first of equals, as in PyTorch). */
export const maxPooling: OperationCompiler<Pooling> = {
  infer(emission, operation, [input]) {
    return emission.graph.add('MaxPool', [input], poolingAttributes(operation), emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const outputs = [graph.fresh('maximum'), graph.fresh('place')];
    const [output, places] = graph.addMany('MaxPool', [input], outputs, poolingAttributes(operation));
    return {
      output,
      backward: (gradient, [wanted]) => [wanted ? scatterToIndices(graph, gradient, places, input) : undefined],
    };
  },
};

export function poolingAttributes({ kernel, strides, pads }: Pick<Pooling, 'kernel' | 'strides' | 'pads'>) {
  return { kernel_shape: kernel, strides, pads };
}
