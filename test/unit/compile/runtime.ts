import { InferenceSession, Tensor } from 'onnxruntime-node';
import { applyStep, type Outputs } from '../../../core/compile/applyStep';
import { elements } from '../../../core/compile/layout';
import type { TrainingGraph } from '../../../core/compile/training';
import type { Weights } from '../../../core/compile/weights';
import type { OnnxModel } from '../../../core/onnx/model';
import { encodeModel } from '../../../core/onnx/write';

export type Tensors = Record<string, Tensor>;

/** What goes in at one step, by the names of the graph's feeds. */
export interface Batch {
  readonly size: number;
  readonly feeds: Tensors;
}

export function openSession(model: OnnxModel, options: InferenceSession.SessionOptions = {}) {
  return InferenceSession.create(encodeModel(model), { logSeverityLevel: 3, intraOpNumThreads: 1, ...options });
}

export async function run(model: OnnxModel, feeds: Tensors): Promise<Tensors> {
  const session = await openSession(model);
  const results = await session.run(feeds);
  await session.release();
  return results;
}

export function floats(values: ArrayLike<number>, dims: readonly number[]): Tensor {
  return new Tensor('float32', Float32Array.from(values), [...dims]);
}

/** Everything that a graph's state consists of, as arrays. */
export function startState(graph: TrainingGraph, weights: Weights): Map<string, Float32Array> {
  return new Map(
    graph.state.map(({ name, dims }) => [name, weights.get(name)?.slice() ?? new Float32Array(elements(dims))]),
  );
}

/** What is fed of a state. */
export function stateFeeds(
  { state }: { readonly state: readonly { name: string; dims: readonly number[]; kind: string }[] },
  values: ReadonlyMap<string, Float32Array>,
): Tensors {
  const fed = state.filter(({ kind }) => kind !== 'slot');
  return Object.fromEntries(fed.map(({ name, dims }) => [name, floats(values.get(name)!, dims)]));
}

export function outputsOf(results: Tensors): Outputs {
  return {
    floats: (name) => results[name].data as Float32Array,
    integers: (name) => results[name].data as BigInt64Array,
  };
}

export interface StepsResult {
  readonly first: Tensors;
  readonly losses: readonly number[];
  readonly state: ReadonlyMap<string, Float32Array>;
}

/** One optimizer step for each batch. */
export async function trainSteps(
  graph: TrainingGraph,
  weights: Weights,
  batches: readonly Batch[],
  learningRate: number,
): Promise<StepsResult> {
  const session = await openSession(graph.model);
  const losses: number[] = [];
  const state = startState(graph, weights);
  let first: Tensors = {};
  for (const [index, { feeds }] of batches.entries()) {
    const results = await session.run({ ...stateFeeds(graph, state), ...feeds });
    applyStep(graph, state, outputsOf(results), { step: index + 1, learningRate });
    losses.push(Number(results[graph.loss].data[0]));
    if (index === 0) first = results;
  }
  await session.release();
  return { first, losses, state };
}
