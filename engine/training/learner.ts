import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { compileEvaluation } from '../../core/compile/evaluation';
import type { NormalizationStatistics } from '../../core/compile/normalization';
import {
  compileTraining,
  type EvaluationGraph,
  type MetricOutput,
  stepScalars,
  type TrainingGraph,
} from '../../core/compile/training';
import { encodeModel } from '../../core/onnx/write';
import type { Network } from '../../core/shape/network';
import type { Batch } from './batches';
import type { StoredTensor } from './checkpoint';
import { blockSizeOf, loadOnnxRuntime, type OnnxRuntime, sessionOptions } from './onnxRuntime';

export interface LearnerOptions {
  readonly normalization: NormalizationStatistics;
  readonly threads: number;
  /** Parameters and buffers by name; with the optimizer's slots when training goes on. */
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

/**
 * A network that learns, in ONNX Runtime. Its state lives in two sets of tensors: each step reads one and writes the other, so
 * that a failed step leaves the state as it was and no step allocates memory for it.
 */
export class Learner {
  static async create(network: Network, options: LearnerOptions): Promise<Learner> {
    const runtime = loadOnnxRuntime();
    const settings = { normalization: options.normalization, blockSize: await blockSizeOf(runtime) };
    const training = compileTraining(network, settings);
    const evaluation = compileEvaluation(network, settings);
    const [trainer, evaluator] = await Promise.all(
      [training, evaluation].map(({ model }) =>
        runtime.InferenceSession.create(encodeModel(model), sessionOptions(options.threads)),
      ),
    );
    return new Learner(runtime, { training, evaluation, trainer: trainer!, evaluator: evaluator! }, options.tensors);
  }

  readonly metrics: readonly MetricOutput[];
  private current: Map<string, Tensor>;
  private spare: Map<string, Tensor>;

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
    this.current = this.allocate();
    this.spare = this.allocate();
    this.restore(tensors);
  }

  get training(): TrainingGraph {
    return this.graphs.training;
  }

  /** One optimizer step; steps count from 1. Rejects with ONNX Runtime's error. */
  async step(batch: Batch, masks: ReadonlyMap<string, Uint8Array>, step: number, rate: number): Promise<BatchResult> {
    const { training, trainer } = this.graphs;
    const feeds = { ...this.batchFeeds(training, batch), ...Object.fromEntries(this.current) };
    for (const mask of training.masks)
      feeds[mask.name] = new this.runtime.Tensor('uint8', masks.get(mask.name)!, [batch.count, ...mask.dims]);
    for (const [name, value] of stepScalars(training.optimizer, step, rate))
      feeds[name] = new this.runtime.Tensor('float32', Float32Array.of(value), []);
    const fetches: Record<string, Tensor | null> = { [training.loss]: null };
    for (const { name } of training.metrics) fetches[name] = null;
    for (const { name, output } of training.state) fetches[output] = this.spare.get(name)!;
    const results = await trainer.run(feeds, fetches);
    const next = new Map(training.state.map(({ name, output }) => [name, results[output]!]));
    this.spare = this.current;
    this.current = next;
    return this.batchResult(training, results);
  }

  /** Loss, metrics and predictions with the weights as they stand. */
  async evaluate(batch: Batch): Promise<EvaluationResult> {
    const { evaluation, evaluator } = this.graphs;
    const feeds = this.batchFeeds(evaluation, batch);
    for (const { name } of evaluation.state) feeds[name] = this.current.get(name)!;
    const results = await evaluator.run(feeds);
    return { ...this.batchResult(evaluation, results), prediction: floats(results[evaluation.prediction]) };
  }

  /** Views of the whole state; valid until the next step. */
  state(): Map<string, StoredTensor> {
    return new Map([...this.current].map(([name, tensor]) => [name, { dims: tensor.dims, values: floats(tensor) }]));
  }

  /** Views of parameters and buffers; valid until the next step. */
  weights(): Map<string, Float32Array> {
    const weights = this.graphs.training.state.filter(({ kind }) => kind !== 'slot');
    return new Map(weights.map(({ name }) => [name, floats(this.current.get(name))]));
  }

  /** Takes over the given tensors; what is not among them stays as it is. */
  restore(tensors: ReadonlyMap<string, StoredTensor>): void {
    for (const [name, { values }] of tensors) {
      const tensor = this.current.get(name);
      if (tensor) floats(tensor).set(values);
    }
  }

  private allocate(): Map<string, Tensor> {
    return new Map(
      this.graphs.training.state.map(({ name, dims }) => {
        const size = dims.reduce((product, dim) => product * dim, 1);
        return [name, new this.runtime.Tensor('float32', new Float32Array(size), dims)];
      }),
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
