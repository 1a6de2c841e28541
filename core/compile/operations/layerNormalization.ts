import { float, type GraphBuilder, type NodeOptions } from '../../onnx/builder';
import type { LayerNormalization } from '../../shape/network';
import { type OperationCompiler, parameterOf } from '../emission';
import { channels } from '../layout';
import { alongChannels, sumPerChannel } from '../reductions';
import { lastNode, mainNode } from './naming';
import { normalizeAlong, normalizedGradient } from './normalizing';

/** Over the graph's axis 1. ONNX's operator (from opset 17) works on the last axes, so the channels go there and back. */
export const layerNormalization: OperationCompiler<LayerNormalization> = {
  infer(emission, operation, [input]) {
    const { graph } = emission;
    const values = (['scale', 'shift'] as const).map((role) => emission.parameter(parameterOf(operation, role)));
    const named = emission.named(operation);
    if (graph.opset < 17) {
      const normalized = normalizeAlong(graph, input, 1, channels(operation.outputShape), operation.epsilon);
      return scaled(graph, normalized.output, values, operation, named);
    }
    const rank = operation.inputShapes[0].length;
    const attributes = { axis: -1, epsilon: float(operation.epsilon) };
    if (rank === 1) return graph.add('LayerNormalization', [input, ...values], attributes, named);
    const last = graph.add('Transpose', [input], { perm: channelsLast(rank) });
    const normalized = graph.add('LayerNormalization', [last, ...values], attributes, mainNode(graph, named));
    return graph.add('Transpose', [normalized], { perm: channelsFirst(rank) }, lastNode(named, 'transpose'));
  },

  train(emission, operation, [input]) {
    const { graph } = emission;
    const shape = operation.outputShape;
    const [scaleParameter, shiftParameter] = (['scale', 'shift'] as const).map((role) => parameterOf(operation, role));
    const [scale, shift] = [emission.parameter(scaleParameter), emission.parameter(shiftParameter)];
    const normalized = normalizeAlong(graph, input, 1, channels(shape), operation.epsilon);
    return {
      output: scaled(graph, normalized.output, [scale, shift], operation),
      backward(gradient, [wanted]) {
        emission.addGradient(shiftParameter, sumPerChannel(graph, gradient, shape));
        const product = graph.add('Mul', [gradient, normalized.output]);
        emission.addGradient(scaleParameter, sumPerChannel(graph, product, shape));
        if (!wanted) return [undefined];
        const inner = graph.add('Mul', [gradient, alongChannels(graph, scale, shape)]);
        return [normalizedGradient(graph, normalized, inner, 1, channels(shape))];
      },
    };
  },
};

function scaled(
  graph: GraphBuilder,
  value: string,
  [scale, shift]: readonly string[],
  { outputShape }: LayerNormalization,
  named?: NodeOptions,
): string {
  const product = graph.add('Mul', [value, alongChannels(graph, scale, outputShape)]);
  return graph.add('Add', [product, alongChannels(graph, shift, outputShape)], {}, named);
}

function channelsLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 1 }, (_, axis) => axis + 2), 1];
}

function channelsFirst(rank: number): number[] {
  return [0, rank, ...Array.from({ length: rank - 1 }, (_, axis) => axis + 1)];
}
