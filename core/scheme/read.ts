import { canonical } from './canonical';
import { formFor, type Schema, schemaAt, tagValues } from './schema';
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
 * Values that the JSON Schema has accepted, as the types of `types.ts`. Each function may be called for its part of a
 * document even if another part is broken; called for a part that is broken, its result means nothing.
 */
export function readScheme(value: unknown, layers: readonly Layer[]): Scheme {
  const { expect = {}, experiment } = value as RawScheme;
  return { data: readData(value), model: readModel(value, layers), experiment: readExperiment(experiment), expect };
}

export function readData(top: unknown): DataSection {
  const data = part<RawData>(['data'], top);
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

function readModel(top: unknown, layers: readonly Layer[]): ModelSection {
  const { network: _layers, ...written } = (top as RawScheme).model;
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
    network: layers,
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

function readExperiment(raw: RawExperiment | undefined): ExperimentSection {
  return { purpose: raw?.purpose, tags: raw?.tags ?? [], parent: raw?.parent };
}

/** A layer's canonical type, if its type is known. */
export function layerType(value: unknown): string | undefined {
  const form = formFor(layerSchema(), value);
  return form && String(tagValues(form, 'type')[0]);
}

/** A layer without a name is called by its type and its number in the network. */
export function defaultLayerName(type: string, index: number): string {
  return `${type}_${index + 1}`;
}

/** `previous` is the name of the layer before, or `"data"`. */
export function readLayer(value: unknown, path: JsonPath, name: string, previous: string, top: unknown): Layer {
  const { name: _name, type, input, inputs, ...settings } = canonical(layerSchema(), value, top) as RawLayer;
  return { name, type: layerType(value) ?? type, inputs: inputs ?? [input ?? previous], settings, path };
}

function layerSchema(): Schema {
  return schemaAt(['model', 'network', 0], undefined)!;
}

function part<T>(path: JsonPath, top: unknown): T {
  const value = path.reduce<unknown>((current, key) => (current as Record<string | number, unknown>)[key], top);
  return canonical(schemaAt(path, top)!, value, top) as T;
}

interface RawScheme {
  readonly model: Readonly<Record<string, unknown>>;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly experiment?: RawExperiment;
}

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
  readonly name?: string;
  readonly type: string;
  readonly input?: string;
  readonly inputs?: readonly string[];
  readonly [setting: string]: unknown;
}
