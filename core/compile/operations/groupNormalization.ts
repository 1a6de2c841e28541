import { float, type GraphBuilder, type NodeOptions } from '../../onnx/builder';
import type { GroupNormalization } from '../../shape/network';
import { type OperationCompiler, parameterOf } from '../emission';
import { elements, graphDims } from '../layout';
import { alongChannels, sumPerChannel } from '../reductions';
import { normalizeAlong, normalizedGradient } from './normalizing';

/** An instance normalization of the groups as channels, as PyTorch exports it: its operator in opset 18 scales per group. */
export const groupNormalization: OperationCompiler<GroupNormalization> = {
  infer(emission, operation, [input]) {
    const { graph } = emission;
    const { groups, epsilon } = operation;
    const values = (['scale', 'shift'] as const).map((role) => emission.parameter(parameterOf(operation, role)));
    const [ones, zeros] = [1, 0].map((value) => graph.floats(new Array(groups).fill(value)));
    const attributes = { epsilon: float(epsilon) };
    const normalized = graph.add('InstanceNormalization', [grouped(graph, operation, input), ones, zeros], attributes);
    return scaled(graph, operation, apart(graph, operation, normalized), values, emission.named(operation));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const shape = operation.outputShape;
    const count = elements(shape) / operation.groups;
    const [scaleParameter, shiftParameter] = (['scale', 'shift'] as const).map((role) => parameterOf(operation, role));
    const [scale, shift] = [emission.parameter(scaleParameter), emission.parameter(shiftParameter)];
    const normalized = normalizeAlong(graph, grouped(graph, operation, input), 2, count, operation.epsilon);
    const value = apart(graph, operation, normalized.output);
    return {
      output: scaled(graph, operation, value, [scale, shift]),
      backward(gradient, [wanted]) {
        emission.addGradient(shiftParameter, sumPerChannel(graph, gradient, shape));
        emission.addGradient(scaleParameter, sumPerChannel(graph, graph.add('Mul', [gradient, value]), shape));
        if (!wanted) return [undefined];
        const inner = grouped(graph, operation, graph.add('Mul', [gradient, alongChannels(graph, scale, shape)]));
        return [apart(graph, operation, normalizedGradient(graph, normalized, inner, 2, count))];
      },
    };
  },
};

/** `[batch, groups, values]` */
function grouped(graph: GraphBuilder, { groups, outputShape }: GroupNormalization, value: string): string {
  return graph.add('Reshape', [value, graph.ints([0, groups, elements(outputShape) / groups])]);
}

function apart(graph: GraphBuilder, { outputShape }: GroupNormalization, value: string): string {
  return graph.add('Reshape', [value, graph.ints([0, ...graphDims(outputShape)])]);
}

function scaled(
  graph: GraphBuilder,
  { outputShape }: GroupNormalization,
  value: string,
  [scale, shift]: readonly string[],
  named?: NodeOptions,
): string {
  const product = graph.add('Mul', [value, alongChannels(graph, scale, outputShape)]);
  return graph.add('Add', [product, alongChannels(graph, shift, outputShape)], {}, named);
}
