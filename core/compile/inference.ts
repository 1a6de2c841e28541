import { GraphBuilder, type NodeOptions } from '../onnx/builder';
import { DataType, type OnnxModel } from '../onnx/model';
import type { Network, Operation, Parameter } from '../shape/network';
import type { Emission } from './emission';
import { emitData, emitForward } from './forward';
import { graphDims } from './layout';
import type { NormalizationStatistics } from './normalization';
import type { Weights } from './weights';

export interface InferenceOptions {
  /** 17 by default; see `supportedOpsets`. */
  readonly opset?: number;
  readonly normalization?: NormalizationStatistics;
  /** `metadata_props` of the model. */
  readonly metadata?: ReadonlyMap<string, string>;
}

export const supportedOpsets = { first: 13, last: 21 } as const;

export function isSupportedOpset(opset: number): boolean {
  return Number.isInteger(opset) && opset >= supportedOpsets.first && opset <= supportedOpsets.last;
}

/**
 * The graph that a scheme intends: `input` `[batch, channels, height, width]` to `output`, one node per operation, named by
 * the operation's id and carrying `matchdown.layer` and `matchdown.operation`. Batch norm stays a node of its own; dropout
 * is absent. The opset must be a supported one and `weights` must hold every parameter and buffer.
 */
export function compileInference(network: Network, weights: Weights, options: InferenceOptions = {}): OnnxModel {
  const { opset = 17, normalization, metadata } = options;
  if (!isSupportedOpset(opset)) throw new RangeError(`There is no way to write opset ${opset}.`);
  const graph = new GraphBuilder('network', opset);
  const data = emitData(graph, network, normalization);
  const emission = inferenceEmission(graph, network, weights);
  const output = emitForward(emission, network.operations, data, network.output);
  const dims = ['batch', ...graphDims(network.outputShape)];
  if (output === 'output') graph.output('output', DataType.float, dims);
  else graph.outputAs('output', output, DataType.float, dims);
  return graph.model(metadata);
}

function inferenceEmission(graph: GraphBuilder, network: Network, weights: Weights): Emission {
  const last = lastWithNode(network);
  return {
    graph,
    parameter: (parameter) => weightInitializer(graph, weights, parameter),
    named: (operation) => nodeOptions(operation, operation.id === last ? 'output' : operation.id),
  };
}

function weightInitializer(graph: GraphBuilder, weights: Weights, { name, shape }: Parameter): string {
  const values = weights.get(name);
  if (!values) throw new Error(`There are no values for ${name}.`);
  return graph.initializer(name, values, shape);
}

function nodeOptions(operation: Operation, output: string): NodeOptions {
  const metadata = new Map([
    ['matchdown.layer', operation.layer],
    ['matchdown.operation', operation.kind],
  ]);
  return { name: operation.id, outputs: [output], metadata };
}

/** The operation that makes the network's output: the last one that is not a mere passing on. */
function lastWithNode(network: Network): string {
  const byId = new Map(network.operations.map((operation) => [operation.id, operation]));
  let last = byId.get(network.output);
  while (last && hasNoNode(last)) last = byId.get(last.inputs[0]);
  return last?.id ?? '';
}

function hasNoNode(operation: Operation): boolean {
  if (operation.kind === 'dropout') return true;
  if (operation.kind === 'activation') return operation.activation === 'linear';
  return operation.kind === 'flatten' && operation.inputShapes[0].length === 1;
}
