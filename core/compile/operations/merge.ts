import type { GraphBuilder, NodeOptions } from '../../onnx/builder';
import type { Merge } from '../../shape/network';
import { elementByElement } from '../blocks';
import type { OperationCompiler } from '../emission';

export const add: OperationCompiler<Merge> = {
  infer: (emission, operation, inputs) => chain(emission.graph, 'Add', inputs, emission.named(operation)),

  train({ graph }, { outputShape }, inputs) {
    const output = elementByElement(graph, inputs, outputShape, (values) => chain(graph, 'Add', values));
    return { output, backward: (gradient) => inputs.map(() => gradient) };
  },
};

export const multiply: OperationCompiler<Merge> = {
  infer: (emission, operation, inputs) => chain(emission.graph, 'Mul', inputs, emission.named(operation)),

  train(emission, _operation, inputs) {
    const { graph } = emission;
    return {
      output: chain(graph, 'Mul', inputs),
      backward: (gradient, wanted) =>
        inputs.map((_, own) => {
          const others = inputs.filter((_, index) => index !== own);
          return wanted[own] ? chain(graph, 'Mul', [gradient, ...others]) : undefined;
        }),
    };
  },
};

/** ONNX's Add and Mul take two inputs: more are taken one after the other, and the last node has the name. */
function chain(graph: GraphBuilder, opType: string, inputs: readonly string[], named?: NodeOptions): string {
  return inputs.reduce((left, right, index) =>
    graph.add(opType, [left, right], {}, index === inputs.length - 1 ? named : undefined),
  );
}
