import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { applyStep } from '../../core/compile/applyStep';
import { compileEvaluation } from '../../core/compile/evaluation';
import type { NormalizationStatistics } from '../../core/compile/normalization';
import { stateArrays } from '../../core/compile/optimizers/momentsProgram';
import {
  compileTraining,
  type EvaluationGraph,
  type MetricOutput,
  type TrainingGraph,
} from '../../core/compile/training';
import type { Network } from '../../core/shape/network';
import { product } from '../data/dataSet';
import type { OnnxRuntime } from '../onnxRuntime';
import type { Batch } from './batches';
import type { StoredTensor } from './checkpoint';
import { blockSizeOf, openSession } from './onnxRuntime';

export interface LearnerOptions {
  readonly runtime: OnnxRuntime;
  readonly normalization: NormalizationStatistics;
  readonly threads: number;
  /** To begin with: parameters and buffers by name; with the optimizer's slots when training goes on. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export interface BatchResult {
  /** The batch's mean. */
  readonly loss: number;
  /** Sums over the batch, by metric name. */
  readonly metrics: ReadonlyMap<string, number>;
}

export interface EvaluationResult extends BatchResult {
  /** `[count, label_dim]`; valid until the next call. */
  readonly prediction: Float32Array;
}

/** A network that learns, in ONNX Runtime. A failed step leaves its state as it was. */
export class Learner {
  static async create(network: Network, options: LearnerOptions): Promise<Learner> {
    const { runtime, threads, normalization } = options;
    const settings = { normalization, blockSize: await blockSizeOf(runtime) };
    const training = compileTraining(network, settings);
    const evaluation = compileEvaluation(network, settings);
    const isRecurrent = network.operations.some(({ kind }) => kind === 'lstm' || kind === 'gru');
    const waiting = isRecurrent ? 'awake for a moment' : 'asleep';
    const trainer = await openSession(runtime, training.model, threads, waiting);
    const evaluator = await openSession(runtime, evaluation.model, threads, waiting);
    return new Learner(runtime, { training, evaluation, trainer, evaluator }, options.tensors);
  }

  readonly metrics: readonly MetricOutput[];
  private readonly tensors: ReadonlyMap<string, StoredTensor>;

  private constructor(
    private readonly runtime: OnnxRuntime,
    private readonly graphs: {
      training: TrainingGraph;
      evaluation: EvaluationGraph;
      trainer: InferenceSession;
      evaluator: InferenceSession;
    },
    tensors: ReadonlyMap<string, StoredTensor>,
  ) {
    this.metrics = graphs.training.metrics;
    const { state } = graphs.training;
    const arrays = stateArrays(state.map(({ dims }) => product(dims)));
    this.tensors = new Map(state.map(({ name, dims }, index) => [name, { dims, values: arrays[index]! }]));
    this.restore(tensors);
  }

  get training(): TrainingGraph {
    return this.graphs.training;
  }

  /** One optimizer step; steps count from 1. Rejects with ONNX Runtime's error. */
  async step(batch: Batch, masks: ReadonlyMap<string, Uint8Array>, step: number, rate: number): Promise<BatchResult> {
    const { training, trainer } = this.graphs;
    const feeds = { ...this.batchFeeds(training, batch), ...this.stateFeeds(training) };
    for (const mask of training.masks)
      feeds[mask.name] = new this.runtime.Tensor('uint8', masks.get(mask.name)!, [batch.count, ...mask.dims]);
    const results = await trainer.run(feeds);
    const values = new Map([...this.tensors].map(([name, tensor]) => [name, tensor.values]));
    const outputs = {
      floats: (name: string) => floats(results[name]),
      integers: (name: string) => integers(results[name]),
    };
    applyStep(training, values, outputs, { step, learningRate: rate });
    return this.batchResult(training, results);
  }

  /** Loss, metrics and predictions with the weights as they stand. */
  async evaluate(batch: Batch): Promise<EvaluationResult> {
    const { evaluation, evaluator } = this.graphs;
    const results = await evaluator.run({ ...this.batchFeeds(evaluation, batch), ...this.stateFeeds(evaluation) });
    return { ...this.batchResult(evaluation, results), prediction: floats(results[evaluation.prediction]) };
  }

  /** The whole state; valid until the next step. */
  state(): ReadonlyMap<string, StoredTensor> {
    return this.tensors;
  }

  /** Parameters and buffers; valid until the next step. */
  weights(): Map<string, Float32Array> {
    const weights = this.graphs.training.state.filter(({ kind }) => kind !== 'slot');
    return new Map(weights.map(({ name }) => [name, this.tensors.get(name)!.values]));
  }

  /** Takes over the given tensors; what is not among them stays as it is. */
  restore(tensors: ReadonlyMap<string, StoredTensor>): void {
    for (const [name, { values }] of tensors) this.tensors.get(name)?.values.set(values);
  }

  private stateFeeds({ state }: TrainingGraph | EvaluationGraph): Record<string, Tensor> {
    const fed = state.filter(({ kind }) => kind !== 'slot');
    return Object.fromEntries(
      fed.map(({ name, dims }) => [name, new this.runtime.Tensor('float32', this.tensors.get(name)!.values, dims)]),
    );
  }

  private batchFeeds({ input, target }: TrainingGraph | EvaluationGraph, batch: Batch): Record<string, Tensor> {
    const tensor = (values: Float32Array | BigInt64Array, dims: readonly number[]): Tensor =>
      values instanceof Float32Array
        ? new this.runtime.Tensor('float32', values, dims)
        : new this.runtime.Tensor('int64', values, dims);
    return {
      [input.name]: tensor(batch.input, [batch.count, ...input.dims]),
      [target.name]: tensor(batch.target, [batch.count, ...target.dims]),
    };
  }

  private batchResult(graph: TrainingGraph | EvaluationGraph, results: InferenceSession.OnnxValueMapType): BatchResult {
    const metrics = graph.metrics.map(({ name }) => [name, floats(results[name] as Tensor)[0]!] as const);
    return { loss: floats(results[graph.loss] as Tensor)[0]!, metrics: new Map(metrics) };
  }
}

function floats(tensor: InferenceSession.OnnxValueMapType[string] | undefined): Float32Array {
  if (tensor && 'data' in tensor && tensor.data instanceof Float32Array) return tensor.data;
  throw new Error('A float32 tensor was expected.');
}

function integers(tensor: InferenceSession.OnnxValueMapType[string] | undefined): BigInt64Array {
  if (tensor && 'data' in tensor && tensor.data instanceof BigInt64Array) return tensor.data;
  throw new Error('An int64 tensor was expected.');
}
