import { InferenceSession, Tensor } from 'onnxruntime-node';
import { elements } from '../../../core/compile/layout';
import { stepScalars, type TrainingGraph } from '../../../core/compile/training';
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

export function startState(graph: TrainingGraph, weights: Weights): Tensors {
  return Object.fromEntries(
    graph.state.map(({ name, dims }) => [name, floats(weights.get(name) ?? new Float32Array(elements(dims)), dims)]),
  );
}

export interface StepsResult {
  readonly first: Tensors;
  readonly losses: readonly number[];
  readonly state: Tensors;
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
  let state = startState(graph, weights);
  let first: Tensors = {};
  for (const [index, { feeds }] of batches.entries()) {
    const scalars = [...stepScalars(graph.optimizer, index + 1, learningRate)];
    const scalarFeeds = Object.fromEntries(scalars.map(([name, value]) => [name, floats([value], [])]));
    const results = await session.run({ ...state, ...feeds, ...scalarFeeds });
    state = Object.fromEntries(graph.state.map(({ name, output }) => [name, results[output]]));
    losses.push(Number(results[graph.loss].data[0]));
    if (index === 0) first = results;
  }
  await session.release();
  return { first, losses, state };
}
