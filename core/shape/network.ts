import type { Layer, Scheme } from '../scheme/types';

/**
 * A network: what the layers of a scheme come to. Each layer type (one file in `layers/`) expands a layer into primitive
 * operations; compiler, training graph and match know the operations and no layer type.
 *
 * Shapes are in the scheme's layout, without the batch axis: `[height, width, channels]`, `[length, channels]`,
 * `[features]`, or `[length]` for tokens. Parameters have the layout of ONNX and PyTorch: convolution
 * `[out, in / groups, height, width]`, dense `[out, in]`. The graph is NCHW, so a flatten takes channel, row, column order.
 */
export type Shape = readonly number[];

export interface Network {
  readonly scheme: Scheme;
  readonly inputShape: Shape;
  readonly layers: readonly NetworkLayer[];
  /** In an order in which every operation comes after its inputs. */
  readonly operations: readonly Operation[];
  /** Id of the operation whose output is the network's: logits for classification. */
  readonly output: string;
  readonly outputShape: Shape;
  /** Trainable values. */
  readonly parameters: number;
  /** Values kept but not trained: batch norm's running statistics. */
  readonly buffers: number;
  readonly macs: number;
}

export interface NetworkLayer {
  readonly layer: Layer;
  /** True for the head that the scheme leaves out: `flatten -> dense(label_dim)`. */
  readonly implicit: boolean;
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly operations: readonly Operation[];
  readonly parameters: number;
  readonly buffers: number;
  /** Multiply-accumulates for one sample. */
  readonly macs: number;
}

export type Initializer =
  /** Normal with standard deviation `gain / sqrt(fanIn)`; He et al. 2015 with gain sqrt(2). */
  | { readonly kind: 'normal'; readonly fanIn: number; readonly gain: number }
  /** Uniform in `+-sqrt(6 / (fanIn + fanOut))`; Glorot and Bengio 2010. */
  | { readonly kind: 'glorot_uniform'; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: 'constant'; readonly value: number };

export interface Parameter {
  /** Unique in the network: `<operation id>.<role>`, `conv_1/conv.weight` for example. */
  readonly name: string;
  readonly role: 'weight' | 'bias' | 'scale' | 'shift' | 'running_mean' | 'running_variance';
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly initializer: Initializer;
}

/** Top, left, bottom, right in two dimensions: ONNX's order of `pads` (all begins, then all ends). */
export type Pads = readonly number[];

interface OperationBase {
  /** `<layer name>/<step>`: `conv_1/conv`, `conv_1/batch_normalization`. */
  readonly id: string;
  readonly layer: string;
  /** Ids of operations, or `"data"`. */
  readonly inputs: readonly string[];
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly parameters: readonly Parameter[];
  readonly macs: number;
}

export interface Convolution extends OperationBase {
  readonly kind: 'convolution';
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: Pads;
  readonly groups: number;
  readonly useBias: boolean;
}

/** `y = x W^T + b` on the last axis. */
export interface Dense extends OperationBase {
  readonly kind: 'dense';
  readonly units: number;
  readonly useBias: boolean;
}

/** Over the last axis in the scheme's layout (channels). `momentum` as in ONNX: running = momentum * running + (1 - momentum) * batch. */
export interface BatchNormalization extends OperationBase {
  readonly kind: 'batch_normalization';
  readonly epsilon: number;
  readonly momentum: number;
}

export type ActivationFunction =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'leaky_relu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'hard_swish'
  | 'sigmoid'
  | 'tanh'
  | 'softplus'
  | 'softmax';

export interface Activation extends OperationBase {
  readonly kind: 'activation';
  readonly activation: ActivationFunction;
  /** Slope for negative inputs (`leaky_relu`), or scale (`elu`). */
  readonly alpha: number;
}

export interface Pooling extends OperationBase {
  readonly kind: 'max_pooling' | 'average_pooling';
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: Pads;
}

export interface GlobalPooling extends OperationBase {
  readonly kind: 'global_average_pooling' | 'global_max_pooling';
}

export interface Dropout extends OperationBase {
  readonly kind: 'dropout';
  /** The share that is dropped. */
  readonly rate: number;
}

export interface Flatten extends OperationBase {
  readonly kind: 'flatten';
}

/** Elementwise, of equal shapes. */
export interface Merge extends OperationBase {
  readonly kind: 'add' | 'multiply';
}

export interface Concatenate extends OperationBase {
  readonly kind: 'concatenate';
  /** Axis of the scheme's layout; the last is channels. */
  readonly axis: number;
}

export type Operation =
  | Convolution
  | Dense
  | BatchNormalization
  | Activation
  | Pooling
  | GlobalPooling
  | Dropout
  | Flatten
  | Merge
  | Concatenate;

export type OperationKind = Operation['kind'];
