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
  /** Values that the operations give for one sample, if that was counted; a flatten gives none of its own. */
  readonly values?: number;
  /** Number of `layers`, and the implicit head among them, where they are known without making all of them. */
  readonly layerCount?: number;
  readonly head?: NetworkLayer;
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
  /** Uniform in `+-limit`: PyTorch's choice for recurrent layers, with limit `1 / sqrt(units)`. */
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'constant'; readonly value: number };

export type ParameterRole =
  | 'weight'
  | 'bias'
  | 'scale'
  | 'shift'
  | 'running_mean'
  | 'running_variance'
  | 'recurrent_weight'
  | 'output_weight'
  | 'output_bias';

export interface Parameter {
  /** Unique in the network: `<operation id>.<role>`, `conv_1/conv.weight` for example. */
  readonly name: string;
  readonly role: ParameterRole;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly initializer: Initializer;
}

/** Top, left, bottom, right in two dimensions: ONNX's order of `pads` (all begins, then all ends). */
export type Pads = readonly number[];

interface OperationBase {
  /**
   * `<layer name>/<step>`: `conv_1/conv`, `conv_1/batch_normalization`. Below a block stand the repeat and the nested layer as
   * well: `block_1.2.conv/batch_normalization`.
   */
  readonly id: string;
  /** The layer of the scheme's network, also for an operation inside of a block. */
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

/**
 * A transposed convolution: input values times the kernel, added up `strides` apart, then `pads` values cut off at the ends and
 * `outputPadding` appended (ONNX's ConvTranspose). Weight `[in, out / groups, height, width]`, as in ONNX and PyTorch.
 */
export interface TransposedConvolution extends OperationBase {
  readonly kind: 'transposed_convolution';
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: Pads;
  readonly outputPadding: readonly number[];
  readonly groups: number;
  readonly useBias: boolean;
}

/** `y = x W^T + b` at every position of `[length, features]`; weight `[out, in]`, PyTorch's Linear. */
export interface DensePerPosition extends OperationBase {
  readonly kind: 'dense_per_position';
  readonly units: number;
  readonly useBias: boolean;
}

/** Over the channels of each position by itself (Ba et al. 2016): PyTorch's LayerNorm over the last axis, channels last. */
export interface LayerNormalization extends OperationBase {
  readonly kind: 'layer_normalization';
  readonly epsilon: number;
}

/** Over each group of neighbouring channels and all positions (Wu and He 2018); scale and shift per channel. */
export interface GroupNormalization extends OperationBase {
  readonly kind: 'group_normalization';
  readonly groups: number;
  readonly epsilon: number;
}

/** Zeros around the input. */
export interface ZeroPadding extends OperationBase {
  readonly kind: 'zero_padding';
  readonly pads: Pads;
}

/** Every value `size` times in each direction: nearest neighbour. */
export interface Upsampling extends OperationBase {
  readonly kind: 'upsampling';
  readonly size: readonly number[];
}

/** Another shape of the same values in the graph's order: channel, row, column, as in flatten. */
export interface Reshape extends OperationBase {
  readonly kind: 'reshape';
}

/** Axis `i` of the output, in the scheme's layout, is axis `order[i]` of the input. */
export interface Permute extends OperationBase {
  readonly kind: 'permute';
  readonly order: readonly number[];
}

/** `[length]` token ids to `[length, dimension]`; weight `[vocabulary, dimension]`. */
export interface Embedding extends OperationBase {
  readonly kind: 'embedding';
  readonly vocabulary: number;
}

/**
 * An LSTM (Hochreiter and Schmidhuber 1997, without peepholes) or GRU (Cho et al. 2014, with the reset gate behind the product
 * with the recurrent weight, as in PyTorch and cuDNN), from a state of zeros. Parameters are in ONNX's layout, one entry of the
 * first axis per direction: weight `[directions, gates * units, features]`, recurrent weight `[directions, gates * units, units]`,
 * bias `[directions, 2 * gates * units]`, the input's bias before the recurrent one. The gates' order is ONNX's: input, output,
 * forget, cell for the LSTM (PyTorch: input, forget, cell, output), update, reset, new for the GRU (PyTorch: reset, update, new).
 * The output is `[length, directions * units]`, or, without sequences, the last state of each direction: `[directions * units]`.
 */
export interface Recurrent extends OperationBase {
  readonly kind: 'lstm' | 'gru';
  readonly units: number;
  readonly bidirectional: boolean;
  readonly returnSequences: boolean;
}

/**
 * Self-attention over the positions of `[length, channels]` (Vaswani et al. 2017), unmasked: softmax(Q K^T / sqrt(keyDimension)) V
 * in each head. Weight `[3 * heads * keyDimension, channels]` and bias: queries, keys, values, each head by head, which is
 * PyTorch's `in_proj_weight`; output weight `[channels, heads * keyDimension]` and bias: its `out_proj`.
 */
export interface Attention extends OperationBase {
  readonly kind: 'attention';
  readonly heads: number;
  /** Of one head. */
  readonly keyDimension: number;
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
  | Concatenate
  | TransposedConvolution
  | DensePerPosition
  | LayerNormalization
  | GroupNormalization
  | ZeroPadding
  | Upsampling
  | Reshape
  | Permute
  | Embedding
  | Recurrent
  | Attention;

export type OperationKind = Operation['kind'];
