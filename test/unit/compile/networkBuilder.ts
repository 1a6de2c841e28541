import { elements } from '../../../core/compile/layout';
import type { LabelType, Loss, Optimizer, OptimizerType, Scheme } from '../../../core/scheme/types';
import type {
  Activation,
  BatchNormalization,
  Initializer,
  Network,
  Operation,
  Parameter,
  Pooling,
  Shape,
} from '../../../core/shape/network';

type Padding = 'same' | 'valid' | readonly number[];

interface WindowOptions {
  readonly kernel: readonly number[];
  readonly stride?: readonly number[];
  readonly dilation?: readonly number[];
  readonly padding?: Padding;
}

export interface NetworkOptions {
  readonly labelType?: LabelType;
  readonly loss?: Loss;
  readonly optimizer?: Partial<Optimizer> & { readonly type: OptimizerType };
  readonly vocabulary?: number;
}

/** PyTorch's defaults. */
const optimizerDefaults: Record<OptimizerType, Partial<Optimizer>> = {
  adam: {},
  adamw: { weightDecay: 0.01 },
  sgd: {},
  momentum: { momentum: 0.9 },
  rmsprop: { beta2: 0.99 },
  adagrad: { epsilon: 1e-10 },
};

/** Networks of primitive operations, as tests need them: each method adds an operation and returns its id. */
export class NetworkBuilder {
  private readonly operations: Operation[] = [];
  private readonly shapes = new Map<string, Shape>();
  private last = 'data';

  constructor(private readonly inputShape: Shape) {
    this.shapes.set('data', inputShape);
  }

  convolution(
    options: WindowOptions & { channels: number; groups?: number; bias?: boolean },
    input: string = this.last,
  ): string {
    const shape = this.shape(input);
    const { kernel, channels, groups = 1, bias = true } = options;
    const { strides, dilations, pads, output } = this.window(shape, options);
    const fanIn = (shape[shape.length - 1] / groups) * elements(kernel);
    const weight = [channels, shape[shape.length - 1] / groups, ...kernel];
    const details = { kind: 'convolution' as const, kernel, strides, dilations, pads, groups, useBias: bias };
    return this.add('convolution', [input], [...output, channels], details, [
      ['weight', weight, { kind: 'normal', fanIn, gain: Math.SQRT2 }],
      ...(bias ? [['bias', [channels], { kind: 'normal', fanIn: 4, gain: 1 }] as ParameterEntry] : []),
    ]);
  }

  dense(units: number, bias = true, input: string = this.last): string {
    const fanIn = elements(this.shape(input));
    return this.add('dense', [input], [units], { kind: 'dense' as const, units, useBias: bias }, [
      ['weight', [units, fanIn], { kind: 'glorot_uniform', fanIn, fanOut: units }],
      ...(bias ? [['bias', [units], { kind: 'normal', fanIn: 4, gain: 1 }] as ParameterEntry] : []),
    ]);
  }

  batchNormalization(options: Partial<BatchNormalization> = {}, input: string = this.last): string {
    const shape = this.shape(input);
    const size = [shape[shape.length - 1]];
    const details = { kind: 'batch_normalization' as const, epsilon: 1e-5, momentum: 0.9, ...options };
    return this.add('batch_normalization', [input], shape, details, [
      ['scale', size, { kind: 'normal', fanIn: 1, gain: 1 }],
      ['shift', size, { kind: 'normal', fanIn: 4, gain: 1 }],
      ['running_mean', size, { kind: 'constant', value: 0 }],
      ['running_variance', size, { kind: 'constant', value: 1 }],
    ]);
  }

  activation(activation: Activation['activation'], alpha = 0.01, input: string = this.last): string {
    return this.add('activation', [input], this.shape(input), { kind: 'activation' as const, activation, alpha });
  }

  pooling(kind: Pooling['kind'], options: WindowOptions, input: string = this.last): string {
    const shape = this.shape(input);
    const { strides, pads, output } = this.window(shape, { stride: options.kernel, ...options });
    const details = { kind, kernel: options.kernel, strides, pads };
    return this.add(kind, [input], [...output, shape[shape.length - 1]], details);
  }

  globalPooling(kind: 'global_average_pooling' | 'global_max_pooling', input: string = this.last): string {
    return this.add(kind, [input], this.shape(input).slice(-1), { kind });
  }

  dropout(rate: number, input: string = this.last): string {
    return this.add('dropout', [input], this.shape(input), { kind: 'dropout' as const, rate });
  }

  flatten(input: string = this.last): string {
    return this.add('flatten', [input], [elements(this.shape(input))], { kind: 'flatten' as const });
  }

  merge(kind: 'add' | 'multiply', inputs: readonly string[]): string {
    return this.add(kind, inputs, this.shape(inputs[0]), { kind });
  }

  concatenate(inputs: readonly string[], axis = -1): string {
    const shapes = inputs.map((input) => this.shape(input));
    const output = [...shapes[0]];
    const index = axis < 0 ? axis + output.length : axis;
    output[index] = shapes.reduce((sum, shape) => sum + shape[index], 0);
    return this.add('concatenate', inputs, output, { kind: 'concatenate' as const, axis });
  }

  transposedConvolution(
    options: WindowOptions & { channels: number; groups?: number; outputPadding?: readonly number[] },
    input: string = this.last,
  ): string {
    const shape = this.shape(input);
    const { kernel, channels, groups = 1, padding = kernel.flatMap(() => [0, 0]) } = options;
    const strides = options.stride ?? kernel.map(() => 1);
    const dilations = options.dilation ?? kernel.map(() => 1);
    const outputPadding = options.outputPadding ?? kernel.map(() => 0);
    const pads = padding as readonly number[];
    const output = kernel.map((size, axis) => {
      const whole = (shape[axis] - 1) * strides[axis] + (size - 1) * dilations[axis] + 1;
      return whole - pads[axis] - pads[axis + kernel.length] + outputPadding[axis];
    });
    const inputChannels = shape[shape.length - 1];
    const details = { kernel, strides, dilations, pads, outputPadding, groups, useBias: true };
    return this.add('conv_transpose', [input], [...output, channels], { kind: 'transposed_convolution', ...details }, [
      ['weight', [inputChannels, channels / groups, ...kernel], normal(inputChannels * elements(kernel))],
      ['bias', [channels], normal(4)],
    ]);
  }

  densePerPosition(units: number, bias = true, input: string = this.last): string {
    const shape = this.shape(input);
    const details = { kind: 'dense_per_position' as const, units, useBias: bias };
    return this.add('dense', [input], [...shape.slice(0, -1), units], details, [
      ['weight', [units, shape[shape.length - 1]], normal(shape[shape.length - 1])],
      ...(bias ? [['bias', [units], normal(4)] as ParameterEntry] : []),
    ]);
  }

  layerNormalization(epsilon = 1e-5, input: string = this.last): string {
    const shape = this.shape(input);
    return this.add('norm', [input], shape, { kind: 'layer_normalization', epsilon }, scaleAndShift(shape));
  }

  groupNormalization(groups: number, epsilon = 1e-5, input: string = this.last): string {
    const shape = this.shape(input);
    return this.add('norm', [input], shape, { kind: 'group_normalization', groups, epsilon }, scaleAndShift(shape));
  }

  zeroPadding(pads: readonly number[], input: string = this.last): string {
    const shape = this.shape(input);
    const rank = pads.length / 2;
    const output = shape.map((size, axis) => (axis < rank ? size + pads[axis] + pads[axis + rank] : size));
    return this.add('zero_padding', [input], output, { kind: 'zero_padding', pads });
  }

  upsampling(size: readonly number[], input: string = this.last): string {
    const output = this.shape(input).map((length, axis) => length * (size[axis] ?? 1));
    return this.add('upsampling', [input], output, { kind: 'upsampling', size });
  }

  reshape(shape: Shape, input: string = this.last): string {
    return this.add('reshape', [input], shape, { kind: 'reshape' });
  }

  permute(order: readonly number[], input: string = this.last): string {
    const shape = this.shape(input);
    return this.add(
      'permute',
      [input],
      order.map((axis) => shape[axis]),
      { kind: 'permute', order },
    );
  }

  embedding(vocabulary: number, dimension: number, input: string = this.last): string {
    const output = [...this.shape(input), dimension];
    const weight: ParameterEntry = ['weight', [vocabulary, dimension], normal(1)];
    return this.add('embedding', [input], output, { kind: 'embedding', vocabulary }, [weight]);
  }

  recurrent(
    kind: 'lstm' | 'gru',
    units: number,
    { bidirectional = false, returnSequences = false } = {},
    input: string = this.last,
  ): string {
    const [length, features] = this.shape(input);
    const directions = bidirectional ? 2 : 1;
    const rows = units * (kind === 'lstm' ? 4 : 3);
    const output = returnSequences ? [length, directions * units] : [directions * units];
    return this.add(kind, [input], output, { kind, units, bidirectional, returnSequences }, [
      ['weight', [directions, rows, features], { kind: 'uniform', limit: 0.7 }],
      ['recurrent_weight', [directions, rows, units], { kind: 'uniform', limit: 0.7 }],
      ['bias', [directions, 2 * rows], { kind: 'uniform', limit: 0.7 }],
    ]);
  }

  attention(heads: number, keyDimension: number, input: string = this.last): string {
    const shape = this.shape(input);
    const [inner, outer] = [heads * keyDimension, shape[shape.length - 1]];
    return this.add('attention', [input], shape, { kind: 'attention', heads, keyDimension }, [
      ['weight', [3 * inner, outer], normal(outer)],
      ['bias', [3 * inner], normal(4)],
      ['output_weight', [outer, inner], normal(inner)],
      ['output_bias', [outer], normal(4)],
    ]);
  }

  network(options: NetworkOptions = {}): Network {
    const trainable = this.operations.flatMap(({ parameters }) => parameters.filter((each) => each.trainable));
    const sizes = trainable.map(({ shape }) => elements(shape));
    return {
      scheme: scheme(this.inputShape, elements(this.shape(this.last)), options),
      inputShape: this.inputShape,
      layers: [],
      operations: this.operations,
      output: this.last,
      outputShape: this.shape(this.last),
      parameters: sizes.reduce((sum, size) => sum + size, 0),
      buffers: 0,
      macs: 0,
    };
  }

  private shape(id: string): Shape {
    const shape = this.shapes.get(id);
    if (!shape) throw new Error(`There is no ${id}.`);
    return shape;
  }

  private window(shape: Shape, { kernel, stride, dilation, padding = 'valid' }: WindowOptions) {
    const strides = stride ?? kernel.map(() => 1);
    const dilations = dilation ?? kernel.map(() => 1);
    const begins: number[] = [];
    const ends: number[] = [];
    const output = kernel.map((size, axis) => {
      const reach = (size - 1) * dilations[axis] + 1;
      const [begin, end] = padsOf(padding, axis, kernel.length, { size: shape[axis], reach, stride: strides[axis] });
      begins.push(begin);
      ends.push(end);
      return Math.floor((shape[axis] + begin + end - reach) / strides[axis]) + 1;
    });
    return { strides, dilations, pads: [...begins, ...ends], output };
  }

  private add(
    step: string,
    inputs: readonly string[],
    outputShape: Shape,
    details: Details,
    parameters: readonly ParameterEntry[] = [],
  ): string {
    const layer = `layer_${this.operations.length + 1}`;
    const id = `${layer}/${step}`;
    const inputShapes = inputs.map((input) => this.shape(input));
    const common = {
      id,
      layer,
      inputs,
      inputShapes,
      outputShape,
      parameters: parameters.map(toParameter(id)),
      macs: 0,
    };
    this.operations.push({ ...details, ...common });
    this.shapes.set(id, outputShape);
    this.last = id;
    return id;
  }
}

type Common = 'id' | 'layer' | 'inputs' | 'inputShapes' | 'outputShape' | 'parameters' | 'macs';
type Without<Each> = Each extends unknown ? Omit<Each, Common> : never;
/** What is particular to a kind of operation. */
type Details = Without<Operation>;
type ParameterEntry = [Parameter['role'], number[], Initializer];

function normal(fanIn: number): Initializer {
  return { kind: 'normal', fanIn, gain: 1 };
}

function scaleAndShift(shape: Shape): ParameterEntry[] {
  const size = [shape[shape.length - 1]];
  return [
    ['scale', size, normal(1)],
    ['shift', size, normal(4)],
  ];
}

function toParameter(id: string) {
  return ([role, shape, initializer]: ParameterEntry): Parameter => ({
    name: `${id}.${role}`,
    role,
    shape,
    trainable: !role.startsWith('running'),
    initializer,
  });
}

function padsOf(
  padding: Padding,
  axis: number,
  rank: number,
  { size, reach, stride }: { size: number; reach: number; stride: number },
): [number, number] {
  if (padding === 'valid') return [0, 0];
  if (padding !== 'same') return [padding[axis], padding[axis + rank]];
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

function scheme(sampleShape: Shape, labelDim: number, options: NetworkOptions): Scheme {
  const { labelType = 'classification', loss = 'cross_entropy', optimizer = { type: 'adam' }, vocabulary } = options;
  const common = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum: 0, weightDecay: 0 };
  return {
    data: {
      batchSize: 4,
      sampleShape,
      vocabulary,
      labelDim,
      labelType,
      dataOrientation: 'vertical',
      normalize: 'none',
      validationSplit: 0.2,
      augmentation: { flipHorizontal: false, flipVertical: false, shift: 0, rotate: 0 },
    },
    model: {
      learningRate: 0.001,
      learningRateSchedule: { type: 'constant', warmup: 0, every: 1, gamma: 1 },
      iteration: 1,
      saveInterval: 1,
      optimizer: { ...common, ...optimizerDefaults[optimizer.type], ...optimizer },
      loss,
      seed: 0,
      network: [],
    },
    expect: {},
    experiment: { tags: [] },
  };
}
