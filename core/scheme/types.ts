/**
 * A scheme as everything behind the parser sees it: every default filled in, every alias resolved, every set's tail in one
 * form. The keys are those of `schemas/model_scheme.schema.json`, in camel case; the meaning of each stands there.
 */
export interface Scheme {
  readonly data: DataSection;
  readonly model: ModelSection;
  readonly experiment: ExperimentSection;
  /** As written; checked by the black label. */
  readonly expect: Readonly<Record<string, unknown>>;
}

export type LabelType = 'classification' | 'multi_label' | 'regression';
export type Normalization = 'min_max' | 'z_score' | 'none';

export interface DataSection {
  readonly batchSize: number;
  /** The shape of one sample, without the batch axis: `[height, width, channels]`, `[length, channels]`, `[features]`, or `[length]` tokens. */
  readonly sampleShape: readonly number[];
  readonly vocabulary?: number;
  readonly labelDim: number;
  readonly labelType: LabelType;
  readonly dataOrientation: 'vertical' | 'horizontal';
  readonly normalize: Normalization;
  /** As written, relative to the scheme file. */
  readonly dataPath?: string;
  readonly labelColumn?: string;
  readonly validationSplit: number;
  readonly validationPath?: string;
  readonly augmentation: Augmentation;
}

export interface Augmentation {
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
  /** Largest shift, as a fraction of height and width. */
  readonly shift: number;
  /** Largest rotation, in degrees. */
  readonly rotate: number;
}

export type OptimizerType = 'adam' | 'adamw' | 'sgd' | 'momentum' | 'rmsprop' | 'adagrad';

/** Hyperparameters with each optimizer's defaults (PyTorch's) filled in. */
export interface Optimizer {
  readonly type: OptimizerType;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

export interface LearningRateSchedule {
  readonly type: 'constant' | 'cosine' | 'step';
  /** Epochs over which the rate rises linearly from 0. */
  readonly warmup: number;
  /** `step` only: the rate is multiplied by `gamma` every `every` epochs. */
  readonly every: number;
  readonly gamma: number;
}

export type Loss = 'cross_entropy' | 'binary_cross_entropy' | 'mean_squared_error' | 'mean_absolute_error' | 'huber';

export interface EarlyStopping {
  /** A TensorBoard tag of the run, `loss/validation` for example. */
  readonly monitor: string;
  /** Epochs without improvement after which the run ends. */
  readonly patience: number;
}

export interface ModelSection {
  readonly learningRate: number;
  readonly learningRateSchedule: LearningRateSchedule;
  /** Epochs. */
  readonly iteration: number;
  /** A checkpoint every so many epochs. */
  readonly saveInterval: number;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly earlyStopping?: EarlyStopping;
  readonly seed: number;
  readonly network: readonly Layer[];
}

export interface ExperimentSection {
  readonly purpose?: string;
  readonly tags: readonly string[];
  readonly parent?: string;
}

/** One entry of `model.network`. What is particular to the type stays in `settings`, defaults filled in. */
export interface Layer {
  /** Unique; `<type>_<number>` when the scheme gives none. */
  readonly name: string;
  /** The canonical type: `dense_set` for `fully_connected_set`. */
  readonly type: string;
  /** Names of earlier layers, or `"data"`; always at least one. */
  readonly inputs: readonly string[];
  /** The layer's keys as in the JSON Schema (snake case), defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where it stands in the document: `['model', 'network', 3]`. */
  readonly path: JsonPath;
}

export type JsonPath = readonly (string | number)[];
