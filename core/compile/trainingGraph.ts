import type { OnnxModel } from '../onnx/model';
import type { Optimizer } from '../scheme/types';

/**
 * What one batch makes of the state, as a graph: forward, loss and backward. `applyStep` then takes the state over the step. Nothing
 * is kept between two runs, so a checkpoint is the state as it stands between two steps. The batch dimension is dynamic: a last
 * partial batch runs through the same graph.
 *
 *   feeds    input, target, one tensor per parameter and buffer of the state, one per mask
 *   fetches  loss, one scalar per metric, one tensor per gradient and per buffer
 */
export interface TrainingGraph {
  readonly model: OnnxModel;
  readonly optimizer: Optimizer;
  readonly input: TensorFeed;
  readonly target: TensorFeed;
  readonly state: readonly StateTensor[];
  readonly masks: readonly DropoutMask[];
  /** Output: the batch's mean loss, a float32 scalar. */
  readonly loss: string;
  readonly metrics: readonly MetricOutput[];
  /** Outputs with the loss's gradient, for each trainable parameter that the loss depends on. */
  readonly gradients: readonly GradientOutput[];
  /** Outputs with the next values of batch norm's running statistics. */
  readonly buffers: readonly { readonly name: string; readonly output: string }[];
}

export interface GradientOutput {
  readonly parameter: string;
  readonly output: string;
  /**
   * An output with an int64 vector: the rows of the parameter that the gradient's rows belong to. A row may be there several
   * times, then they add up. Without, the gradient has the parameter's shape.
   */
  readonly rows?: string;
}

/** Loss, metrics and predictions with batch norm's running statistics and without dropout. The weights are inputs: no new session per epoch. */
export interface EvaluationGraph {
  readonly model: OnnxModel;
  readonly input: TensorFeed;
  readonly target: TensorFeed;
  /** Parameters and buffers, fed by the names that they have in the training graph. */
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
  readonly dims: readonly number[];
  /** A slot belongs to the optimizer and starts as zeros. */
  readonly kind: 'parameter' | 'buffer' | 'slot';
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
