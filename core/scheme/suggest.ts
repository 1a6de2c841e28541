import type { SchemeDocument } from './document';
import { nearest } from './nearest';
import { childValue, formFor, forms, layerSchemas, resolve, rootSchema, type Schema, schemaAt } from './schema';
import { keysOf, nodeAt } from './tree';
import type { JsonPath } from './types';

/** The schema of the object at a path, in the form that its own values ask for. */
export function objectSchemaAt(document: SchemeDocument, path: JsonPath): Schema | undefined {
  const schema = schemaAt(path, document.value);
  return schema && formFor(schema, path.reduce(childValue, document.value));
}

/** The key that an unknown one was probably meant to be: what another tool calls so, or the nearest that is not there yet. */
export function meantKey(document: SchemeDocument, path: JsonPath, key: string): string | undefined {
  return meantAmong(freeKeys(document, path), key);
}

/** The same where a key that is there already may be meant, because its value is to be replaced. */
export function meantSetting(document: SchemeDocument, path: JsonPath, key: string): string | undefined {
  return meantAmong(allKeys(document, path), key);
}

function meantAmong(keys: ReadonlyMap<string, Schema>, key: string): string | undefined {
  const folded = key.toLowerCase();
  return [...keys].find(([, schema]) => schema.synonyms?.includes(folded))?.[0] ?? nearest(key, keys.keys());
}

/** The keys that the object at a path could still have: found once, however many unknown ones stand in it. */
function freeKeys(document: SchemeDocument, path: JsonPath): ReadonlyMap<string, Schema> {
  const known = foundFree.get(document) ?? new Map<string, ReadonlyMap<string, Schema>>();
  foundFree.set(document, known);
  const place = JSON.stringify(path);
  const free = known.get(place) ?? findFreeKeys(document, path);
  known.set(place, free);
  return free;
}

const foundFree = new WeakMap<SchemeDocument, Map<string, ReadonlyMap<string, Schema>>>();

function findFreeKeys(document: SchemeDocument, path: JsonPath): ReadonlyMap<string, Schema> {
  const present = new Set(keysOf(nodeAt(document.root, path)));
  return new Map([...allKeys(document, path)].filter(([name]) => !present.has(name)));
}

function allKeys(document: SchemeDocument, path: JsonPath): ReadonlyMap<string, Schema> {
  const properties = Object.entries(objectSchemaAt(document, path)?.properties ?? {});
  return new Map(properties.map(([name, schema]) => [name, resolve(schema)]));
}

/** A section of a scheme, and a key of it. */
export interface Home {
  readonly section: string;
  readonly key: string;
}

/** Where a key belongs that stands beside the sections or in another one. */
export function homeOf(path: JsonPath, key: string): Home | undefined {
  if (path.length > 1) return undefined;
  for (const [section, schema] of Object.entries(rootSchema.properties ?? {})) {
    const { properties = {} } = resolve(schema);
    const own = Object.hasOwn(properties, key)
      ? key
      : Object.keys(properties).find((name) => resolve(properties[name]!).synonyms?.includes(key.toLowerCase()));
    if (own !== undefined && section !== path[0]) return { section, key: own };
  }
  return undefined;
}

/** What other tools call layers, beyond what is near in letters. */
const layerSynonyms: Readonly<Record<string, string>> = {
  linear: 'dense_set',
  fc: 'dense_set',
  conv: 'conv2d_set',
  convolution: 'conv2d_set',
  convolution2d: 'conv2d_set',
  max_pool: 'maxpooling',
  maxpool2d: 'maxpooling',
  maxpooling2d: 'maxpooling',
  max_pooling2d: 'maxpooling',
  avg_pool: 'average_pooling',
  avgpool2d: 'average_pooling',
  averagepooling2d: 'average_pooling',
  gap: 'global_average_pooling',
  globalaveragepooling2d: 'global_average_pooling',
  bn: 'batch_normalization',
  batchnorm: 'batch_normalization',
  batchnorm2d: 'batch_normalization',
  batch_norm: 'batch_normalization',
  concat: 'concatenate',
  sum: 'add',
  deconv2d: 'conv2d_transpose_set',
  convtranspose2d: 'conv2d_transpose_set',
  conv2dtranspose: 'conv2d_transpose_set',
  layernorm: 'layer_normalization',
  layer_norm: 'layer_normalization',
  ln: 'layer_normalization',
  groupnorm: 'group_normalization',
  group_norm: 'group_normalization',
  multi_head_attention: 'attention_set',
  multiheadattention: 'attention_set',
  self_attention: 'attention_set',
  transformer_encoder: 'transformer_set',
  transformerencoderlayer: 'transformer_set',
  upsample: 'upsampling2d',
  zeropad2d: 'zero_padding2d',
  transpose: 'permute',
  view: 'reshape',
  residual: 'block',
  residual_block: 'block',
};

/** Also with the module in front that another tool has it in: `nn.Linear`. */
export function meantLayerType(type: string, known: readonly string[]): string | undefined {
  const plain = withoutModule(type);
  const synonym = own(layerSynonyms, plain);
  return synonym !== undefined && known.includes(synonym) ? synonym : nearest(plain, known);
}

/** The activation that a word is, in its proper spelling. */
export function activationNamed(word: string): string | undefined {
  const folded = foldedCase(withoutModule(word));
  const { activation } = layerSchemas().get('activation')?.properties ?? {};
  for (const { enum: names = [], aliases } of forms(activation ?? {})) {
    const name = names.find((one) => typeof one === 'string' && foldedCase(one) === folded);
    if (name !== undefined) return String(aliases?.[String(name)] ?? name);
  }
  return undefined;
}

function foldedCase(word: string): string {
  return word.toLowerCase().replaceAll('_', '');
}

/** What other tools call losses, optimizers, activations and other words, beyond what is near in letters. */
const valueSynonyms: Readonly<Record<string, string>> = {
  mse: 'mean_squared_error',
  mseloss: 'mean_squared_error',
  l2: 'mean_squared_error',
  l2_loss: 'mean_squared_error',
  mae: 'mean_absolute_error',
  l1: 'mean_absolute_error',
  l1loss: 'mean_absolute_error',
  smooth_l1: 'huber',
  smoothl1loss: 'huber',
  ce: 'cross_entropy',
  nll: 'cross_entropy',
  nllloss: 'cross_entropy',
  categorical_crossentropy: 'cross_entropy',
  sparse_categorical_crossentropy: 'cross_entropy',
  softmax_cross_entropy: 'cross_entropy',
  bce: 'binary_cross_entropy',
  bceloss: 'binary_cross_entropy',
  bcewithlogitsloss: 'binary_cross_entropy',
  lrelu: 'leaky_relu',
  identity: 'linear',
  none: 'linear',
  minmax_scaler: 'min_max',
  minmaxscaler: 'min_max',
  standardize: 'z_score',
  standard: 'z_score',
  standardscaler: 'z_score',
  categorical: 'classification',
  multiclass: 'classification',
  full: 'valid',
  residual: 'identity',
  steplr: 'step',
  cosineannealinglr: 'cosine',
  yes: 'true',
  on: 'true',
  no: 'false',
  off: 'false',
};

/** The value that was probably meant, in its proper spelling: `silu` also for what is near to `swish`, and `true` for `"True"`. */
export function meantValue(value: unknown, choices: readonly Schema[]): string | boolean | undefined {
  if (typeof value !== 'string') return undefined;
  const proper = properSpellings(choices);
  const plain = withoutModule(value);
  const synonym = own(valueSynonyms, plain);
  const meant = synonym !== undefined && proper.has(synonym) ? synonym : nearest(plain, proper.keys());
  return meant === undefined ? undefined : proper.get(meant);
}

/** Every word that may stand there, and what it means. */
function properSpellings(choices: readonly Schema[]): ReadonlyMap<string, string | boolean> {
  const proper = new Map<string, string | boolean>();
  for (const { enum: names = [], const: name, aliases } of choices) {
    for (const candidate of [...names, name].filter((other) => typeof other === 'string')) {
      const meaning = aliases?.[candidate];
      proper.set(candidate, typeof meaning === 'boolean' ? meaning : String(meaning ?? candidate));
    }
  }
  return proper;
}

function withoutModule(word: string): string {
  return /^[A-Za-z_][\w.]*\.(\w+)$/.exec(word)?.[1] ?? word;
}

function own(synonyms: Readonly<Record<string, string>>, word: string): string | undefined {
  const folded = word.toLowerCase();
  return Object.hasOwn(synonyms, folded) ? synonyms[folded] : undefined;
}
