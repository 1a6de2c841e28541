import type { GraphBuilder } from '../onnx/builder';
import { DataType } from '../onnx/model';
import type { Network, Operation } from '../shape/network';
import type { Emission } from './emission';
import { graphDims } from './layout';
import { type NormalizationStatistics, normalize } from './normalization';
import { compilerOf } from './operations';
import type { TensorFeed } from './trainingGraph';

/** The data as it is fed: tokens as int64, everything else as float32. */
export function inputFeed(network: Network): TensorFeed {
  const type = network.scheme.data.vocabulary === undefined ? 'float32' : 'int64';
  return { name: 'input', type, dims: graphDims(network.inputShape) };
}

/** Declares the input and emits the normalisation; returns the value that the network calls `data`. */
export function emitData(graph: GraphBuilder, network: Network, statistics?: NormalizationStatistics): string {
  const { name, type, dims } = inputFeed(network);
  const dataType = type === 'int64' ? DataType.int64 : DataType.float;
  const input = graph.input(name, dataType, ['batch', ...dims]);
  return normalize(graph, input, network.inputShape, statistics);
}

/** Emits what computes the value `wanted` from the data, as it is after training; returns that value. */
export function emitForward(
  emission: Emission,
  operations: readonly Operation[],
  data: string,
  wanted: string,
): string {
  const values = new Map([['data', data]]);
  for (const operation of operations) {
    if (values.has(wanted)) break;
    emission.graph.scope = operation.id;
    const inputs = operation.inputs.map((id) => known(values, id));
    values.set(operation.id, compilerOf(operation).infer(emission, operation, inputs));
  }
  emission.graph.scope = '';
  return known(values, wanted);
}

export function known<Value>(values: ReadonlyMap<string, Value>, id: string): Value {
  const value = values.get(id);
  if (value === undefined) throw new Error(`The operation ${id} is used before it is there.`);
  return value;
}
