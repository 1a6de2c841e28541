import { GraphBuilder } from '../onnx/builder';
import { DataType } from '../onnx/model';
import type { Network } from '../shape/network';
import { withoutUnused } from './blocks';
import type { Emission } from './emission';
import { emitData, emitForward, inputFeed } from './forward';
import { elements } from './layout';
import type { NormalizationStatistics } from './normalization';
import { declareTarget, emitObjective, metricOutput, objectiveInput, targetFeed } from './objective';
import { emitBatchSize, trainingOpset } from './training';
import type { EvaluationGraph, EvaluationTensor } from './trainingGraph';

/** Loss, metric and predictions on data that is not trained on; see `EvaluationGraph`. */
export function compileEvaluation(
  network: Network,
  options: { readonly normalization?: NormalizationStatistics; readonly blockSize?: number } = {},
): EvaluationGraph {
  const graph = new GraphBuilder('evaluation', trainingOpset);
  const data = emitData(graph, network, options.normalization);
  declareTarget(graph, network);
  const state = stateOf(network);
  for (const { name, dims } of state) graph.input(name, DataType.float, dims);
  const emission: Emission = {
    graph,
    blockSize: options.blockSize,
    parameter: (parameter) => parameter.name,
    named: (operation) => ({ name: operation.id, outputs: [operation.id] }),
  };
  const output = emitForward(emission, network.operations, data, objectiveInput(network));
  const objective = emitObjective(graph, network, output, emitBatchSize(graph));
  const metric = metricOutput(network);
  graph.outputAs('loss', objective.loss, DataType.float, []);
  graph.outputAs(metric.name, objective.metric, DataType.float, []);
  graph.outputAs('prediction', objective.prediction, DataType.float, ['batch', elements(network.outputShape)]);
  return {
    model: withoutUnused(graph.model()),
    input: inputFeed(network),
    target: targetFeed(network),
    state,
    loss: 'loss',
    metrics: [metric],
    prediction: 'prediction',
  };
}

function stateOf(network: Network): EvaluationTensor[] {
  return network.operations
    .flatMap((operation) => operation.parameters)
    .map(({ name, shape, trainable }) => ({ name, dims: shape, kind: trainable ? 'parameter' : 'buffer' }));
}
