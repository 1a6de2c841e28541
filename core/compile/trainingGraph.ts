import type { OnnxModel } from '../onnx/model';
import type { Optimizer } from '../scheme/types';

/**
 * One optimizer step as a graph: forward, loss, backward and update. Nothing is kept between two runs of it: the state goes
 * in and comes out, so a loop feeds what the step before returned, and a checkpoint is the state as it stands between two
 * steps. The batch dimension is dynamic: a last partial batch runs through the same graph.
 *
 *   feeds    input, target, one tensor per state entry (`name`), one per mask, one scalar per entry of `scalars`
 *   fetches  loss, one scalar per metric, one tensor per state entry (`output`)
 */
export interface TrainingGraph {
  readonly model: OnnxModel;
  readonly optimizer: Optimizer;
  readonly input: TensorFeed;
  readonly target: TensorFeed;
  readonly state: readonly StateTensor[];
  readonly masks: readonly DropoutMask[];
  /** Names of float32 scalars (dims `[]`) fed at each step; `stepScalars(graph.optimizer, step, rate)` has their values. */
  readonly scalars: readonly string[];
  /** Output: the batch's mean loss, a float32 scalar. */
  readonly loss: string;
  readonly metrics: readonly MetricOutput[];
  /** Outputs with the loss's gradient for each trainable parameter; only when asked for, else empty. */
  readonly gradients: readonly { readonly parameter: string; readonly output: string }[];
}

/** Loss, metrics and predictions with batch norm's running statistics and without dropout. The weights are inputs: no new session per epoch. */
export interface EvaluationGraph {
  readonly model: OnnxModel;
  readonly input: TensorFeed;
  readonly target: TensorFeed;
  /** Parameters and buffers, fed by the names that they have in the training graph; `output` is absent. */
  readonly state: readonly EvaluationTensor[];
  readonly loss: string;
  readonly metrics: readonly MetricOutput[];
  /** Output, float32 `[batch, label_dim]`: probabilities for classification and multi_label, values for regression. */
  readonly prediction: string;
}

export interface TensorFeed {
  readonly name: string;
  readonly type: 'float32' | 'int64';
  /** Without the batch axis: `[channels, height, width]` for images, `[label_dim]` or `[]` (a class index) for targets. */
  readonly dims: readonly number[];
}

export interface EvaluationTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly kind: 'parameter' | 'buffer';
}

export interface StateTensor {
  /** `Parameter.name` for parameters and buffers, `<Parameter.name>:<slot>` for an optimizer's slot. */
  readonly name: string;
  /** The name under which the next value is fetched. */
  readonly output: string;
  readonly dims: readonly number[];
  /** A slot belongs to the optimizer and starts as zeros. */
  readonly kind: 'parameter' | 'buffer' | 'slot';
  /** The parameter that a slot belongs to. */
  readonly parameter?: string;
}

/** A uint8 tensor `[batch, ...dims]` of ones (kept) and zeros (dropped, with probability `rate`); the scale `1 / (1 - rate)` is in the graph. */
export interface DropoutMask {
  readonly name: string;
  /** Id of the dropout operation. */
  readonly operation: string;
  readonly dims: readonly number[];
  readonly rate: number;
}

/** A float32 scalar: a sum over the batch. The epoch's value is the total over its samples divided by `samples * perSample`. */
export interface MetricOutput {
  readonly name: string;
  /** First part of the TensorBoard tag: `accuracy`, `absolute_error`. */
  readonly tag: 'accuracy' | 'absolute_error';
  readonly perSample: number;
  /** Whether more of it is better. */
  readonly higherIsBetter: boolean;
}
