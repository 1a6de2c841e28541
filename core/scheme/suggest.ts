import { keysOf, nodeAt, type SchemeDocument } from './document';
import { nearest } from './nearest';
import { childValue, formFor, resolve, type Schema, schemaAt } from './schema';
import type { JsonPath } from './types';

/** The schema of the object at a path, in the form that its own values ask for. */
export function objectSchemaAt(document: SchemeDocument, path: JsonPath): Schema | undefined {
  const schema = schemaAt(path, document.value);
  return schema && formFor(schema, path.reduce(childValue, document.value));
}

/** The key that an unknown one was probably meant to be: what another tool calls so, or the nearest that is not there yet. */
export function meantKey(document: SchemeDocument, path: JsonPath, key: string): string | undefined {
  const free = freeKeys(document, path);
  const folded = key.toLowerCase();
  return [...free].find(([, schema]) => schema.synonyms?.includes(folded))?.[0] ?? nearest(key, free.keys());
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
  const properties = Object.entries(objectSchemaAt(document, path)?.properties ?? {});
  return new Map(properties.filter(([name]) => !present.has(name)).map(([name, schema]) => [name, resolve(schema)]));
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

export function meantLayerType(type: string, known: readonly string[]): string | undefined {
  const synonym = layerSynonyms[type.toLowerCase()];
  return synonym !== undefined && known.includes(synonym) ? synonym : nearest(type, known);
}

/** The value that was probably meant, in its proper spelling: `silu` also for what is near to `swish`. */
export function meantValue(value: unknown, choices: readonly Schema[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  const proper = new Map<string, string>();
  for (const { enum: names = [], const: name, aliases } of choices) {
    for (const candidate of [...names, name].filter((other) => typeof other === 'string')) {
      proper.set(candidate, String(aliases?.[candidate] ?? candidate));
    }
  }
  const meant = nearest(value, proper.keys());
  return meant === undefined ? undefined : proper.get(meant);
}
