import { canonical } from './canonical';
import { childValue, formFor, isRecord, type Schema, schemaAt, tagNames } from './schema';
import type {
  DataSection,
  ExperimentSection,
  JsonPath,
  LabelType,
  Layer,
  LearningRateSchedule,
  ModelSection,
  Normalization,
  Optimizer,
  OptimizerType,
  Scheme,
} from './types';

/**
 * Values that the JSON Schema has accepted, as the types of `types.ts`. Each function reads its part of a document, also
 * where another part is broken; of a part that is broken, its result means nothing.
 */

/** How the model is trained: the model section without its network. */
export type Training = Omit<ModelSection, 'network'>;

export function readData(top: unknown): DataSection {
  const data = canonical(schemaAt(['data'], top)!, childValue(top, 'data'), top) as RawData;
  return {
    batchSize: data.batch_size,
    sampleShape: data.image_size ?? data.input_size ?? [],
    vocabulary: data.vocabulary,
    labelDim: data.label_dim,
    labelType: data.label_type,
    dataOrientation: data.data_orientation,
    normalize: data.normalize,
    dataPath: data.data_path,
    labelColumn: data.label_column,
    validationSplit: data.validation_split,
    validationPath: data.validation_path,
    augmentation: {
      flipHorizontal: data.augmentation?.flip_horizontal ?? false,
      flipVertical: data.augmentation?.flip_vertical ?? false,
      shift: data.augmentation?.shift ?? 0,
      rotate: data.augmentation?.rotate ?? 0,
    },
  };
}

export function readTraining(top: unknown): Training {
  const { network: _network, ...written } = ['model'].reduce(childValue, top) as Readonly<Record<string, unknown>>;
  const model = canonical(schemaAt(['model'], top)!, written, top) as RawModel;
  return {
    learningRate: model.learning_rate,
    learningRateSchedule: readSchedule(model.learning_rate_schedule),
    iteration: model.iteration,
    saveInterval: model.save_interval,
    optimizer: readOptimizer(model.optimizer),
    loss: model.loss,
    earlyStopping: model.early_stopping,
    seed: model.seed,
  };
}

function readOptimizer(raw: RawOptimizer): Optimizer {
  return {
    type: raw.type.replace('_optimizer', '') as OptimizerType,
    beta1: raw.beta_1 ?? 0,
    beta2: raw.beta_2 ?? 0,
    epsilon: raw.epsilon ?? 0,
    momentum: raw.momentum ?? 0,
    weightDecay: raw.weight_decay,
  };
}

function readSchedule(raw: RawSchedule | undefined): LearningRateSchedule {
  return { type: raw?.type ?? 'constant', warmup: raw?.warmup ?? 0, every: raw?.every ?? 1, gamma: raw?.gamma ?? 1 };
}

export function readExperiment(top: unknown): ExperimentSection {
  const raw = childValue(top, 'experiment') as RawExperiment | undefined;
  return { purpose: raw?.purpose, tags: raw?.tags ?? [], parent: raw?.parent };
}

/** As written. */
export function readExpectations(top: unknown): Scheme['expect'] {
  const expect = childValue(top, 'expect');
  return isRecord(expect) ? expect : {};
}

/** A layer's canonical type, if its type is known. */
export function layerType(value: unknown): string | undefined {
  const form = formFor(layerSchema, value);
  return form && tagNames(form, 'type')[0];
}

/** A layer without a name is called by its type and its number in the network. */
export function defaultLayerName(type: string, index: number): string {
  return `${type}_${index + 1}`;
}

/** A layer without what the layers before it give. */
export type SoundLayer = Omit<Layer, 'inputs'>;

/** A layer that has passed its definition in the schema; `top` is the scheme's value, of which its own layers do not matter. */
export function readLayer(value: unknown, path: JsonPath, name: string, top: unknown): SoundLayer {
  const {
    name: _name,
    input: _input,
    inputs: _inputs,
    type,
    ...settings
  } = canonical(layerSchema, value, top) as RawLayer;
  return { name, type, settings, path };
}

export const layerSchema: Schema = schemaAt(['model', 'network', 0], undefined)!;

interface RawData {
  readonly batch_size: number;
  readonly image_size?: readonly number[];
  readonly input_size?: readonly number[];
  readonly vocabulary?: number;
  readonly label_dim: number;
  readonly label_type: LabelType;
  readonly data_orientation: 'vertical' | 'horizontal';
  readonly normalize: Normalization;
  readonly data_path?: string;
  readonly label_column?: string;
  readonly validation_split: number;
  readonly validation_path?: string;
  readonly augmentation?: {
    readonly flip_horizontal: boolean;
    readonly flip_vertical: boolean;
    readonly shift: number;
    readonly rotate: number;
  };
}

interface RawModel {
  readonly learning_rate: number;
  readonly learning_rate_schedule?: RawSchedule;
  readonly iteration: number;
  readonly save_interval: number;
  readonly optimizer: RawOptimizer;
  readonly loss: ModelSection['loss'];
  readonly early_stopping?: ModelSection['earlyStopping'];
  readonly seed: number;
}

interface RawOptimizer {
  readonly type: string;
  readonly beta_1?: number;
  readonly beta_2?: number;
  readonly epsilon?: number;
  readonly momentum?: number;
  readonly weight_decay: number;
}

interface RawSchedule {
  readonly type: LearningRateSchedule['type'];
  readonly warmup: number;
  readonly every?: number;
  readonly gamma?: number;
}

interface RawExperiment {
  readonly purpose?: string;
  readonly tags?: readonly string[];
  readonly parent?: string;
}

interface RawLayer {
  readonly type: string;
  readonly [setting: string]: unknown;
}
