import type { GraphBuilder } from '../onnx/builder';
import { DataType } from '../onnx/model';
import type { Loss } from '../scheme/types';
import type { ActivationFunction, Network, Operation } from '../shape/network';
import { elements, graphDims } from './layout';
import { losses } from './losses';
import { type EmittedLoss, sumOfAll } from './losses/lossDefinition';
import type { MetricOutput, TensorFeed } from './trainingGraph';

/** What is minimised and what is counted, at the end of a training or an evaluation graph. */
export interface Objective extends EmittedLoss {
  readonly metric: string;
  readonly prediction: string;
}

/** Activations that belong to a loss: where the network ends in one, the loss takes what goes into it. */
const absorbed: Partial<Record<Loss, ActivationFunction>> = {
  cross_entropy: 'softmax',
  binary_cross_entropy: 'sigmoid',
};

/** The id whose value the loss takes. */
export function objectiveInput(network: Network): string {
  const last = network.operations.find((operation) => operation.id === network.output);
  return last && isAbsorbed(network, last) ? last.inputs[0] : network.output;
}

function isAbsorbed(network: Network, last: Operation): boolean {
  return last.kind === 'activation' && last.activation === absorbed[network.scheme.model.loss];
}

/** The target as it is fed: a class index, or one value for each output. */
export function targetFeed(network: Network): TensorFeed {
  const { labelType, labelDim } = network.scheme.data;
  return labelType === 'classification'
    ? { name: 'target', type: 'int64', dims: [] }
    : { name: 'target', type: 'float32', dims: [labelDim] };
}

export function declareTarget(graph: GraphBuilder, network: Network): string {
  const { name, type, dims } = targetFeed(network);
  return graph.input(name, type === 'int64' ? DataType.int64 : DataType.float, ['batch', ...dims]);
}

/** Emits loss, metric and prediction; `output` is the value of `objectiveInput(network)`. */
export function emitObjective(graph: GraphBuilder, network: Network, output: string, batchSize: string): Objective {
  const size = elements(network.outputShape);
  const flat = network.outputShape.length === 1;
  const rows = flat ? output : graph.add('Reshape', [output, graph.ints([-1, size])]);
  const definition = losses[network.scheme.model.loss];
  const target = targetRows(graph, network, size);
  const { loss, gradient } = definition.emit(graph, { output: rows, target, batchSize, size });
  const prediction = definition.predict(graph, rows);
  return {
    loss,
    gradient: () =>
      flat ? gradient() : graph.add('Reshape', [gradient(), graph.ints([-1, ...graphDims(network.outputShape)])]),
    metric: emitMetric(graph, network, { rows, prediction, target }),
    prediction,
  };
}

/** `[batch, size]`, float32: one-hot for classes; with a single output a class is the number 0 or 1. */
function targetRows(graph: GraphBuilder, network: Network, size: number): string {
  if (network.scheme.data.labelType !== 'classification') return 'target';
  if (size > 1) return graph.add('OneHot', ['target', graph.int(size), graph.floats([0, 1])], { axis: -1 });
  const numbers = graph.add('Cast', ['target'], { to: DataType.float });
  return graph.add('Reshape', [numbers, graph.ints([-1, 1])]);
}

export function metricOutput(network: Network): MetricOutput {
  const { labelType, labelDim } = network.scheme.data;
  if (labelType === 'regression') {
    return { name: 'absolute_error', tag: 'absolute_error', perSample: labelDim, higherIsBetter: false };
  }
  const perSample = labelType === 'multi_label' ? labelDim : 1;
  return { name: 'correct', tag: 'accuracy', perSample, higherIsBetter: true };
}

function emitMetric(
  graph: GraphBuilder,
  network: Network,
  { rows, prediction, target }: { rows: string; prediction: string; target: string },
): string {
  const { labelType } = network.scheme.data;
  if (labelType === 'regression') return sumOfAll(graph, graph.add('Abs', [graph.add('Sub', [prediction, target])]));
  const right =
    labelType === 'classification' && elements(network.outputShape) > 1
      ? graph.add('Equal', [graph.add('ArgMax', [rows], { axis: 1, keepdims: 0 }), 'target'])
      : graph.add('Equal', [aboveHalf(graph, prediction), aboveHalf(graph, target)]);
  return sumOfAll(graph, graph.add('Cast', [right], { to: DataType.float }));
}

function aboveHalf(graph: GraphBuilder, value: string): string {
  return graph.add('Greater', [value, graph.scalar(0.5)]);
}
