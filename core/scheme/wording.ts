import { t } from '../l10n';
import { childValue, forms, isRecord, layerSchemas, type Schema, schemaAt } from './schema';
import type { JsonPath } from './types';

/** Words for the places and values of a scheme, as diagnostics use them. */

/** What a schema accepts: `a whole number of at least 1, or a list [height, width]`. */
export function expectation(schema: Schema): string {
  return eitherOf([...new Set(forms(schema).map(oneForm))]);
}

function oneForm(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return eitherOf(properValues(schema).map((value) => JSON.stringify(value)));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberForm(schema);
    case 'array':
      return schema.itemNames ? t('a list {0}', `[${schema.itemNames.join(', ')}]`) : t('a list');
    case 'string':
      return t('text in double quotes');
    default:
      return t('an object');
  }
}

/** The values of an enumeration without the other spellings that are accepted too. */
export function properValues(schema: Schema): readonly unknown[] {
  const aliases = schema.aliases ?? {};
  return (schema.enum ?? []).filter((value) => typeof value !== 'string' || !Object.hasOwn(aliases, value));
}

/** Limits that stand for "any that a computer can count" are not worth a word. */
const unlimited = 2147483647;

function numberForm({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const noun = type === 'integer' ? t('a whole number') : t('a number');
  const limits = [
    minimum !== undefined && minimum > -unlimited && t('of at least {0}', minimum),
    exclusiveMinimum !== undefined && t('above {0}', exclusiveMinimum),
    maximum !== undefined && maximum < unlimited && t('of at most {0}', maximum),
    exclusiveMaximum !== undefined && t('below {0}', exclusiveMaximum),
  ].filter((limit) => limit !== false);
  return limits.length === 2 ? t('{0} {1} and {2}', noun, ...limits) : [noun, ...limits].join(' ');
}

export function eitherOf(phrases: readonly string[]): string {
  if (phrases.length < 2) return phrases[0] ?? '';
  return t('{0} or {1}', phrases.slice(0, -1).join(', '), phrases.at(-1)!);
}

/** A value as a message shows it: short ones as they are written, others by their kind. */
export function shown(value: unknown): string {
  if (Array.isArray(value))
    return value.length <= 8 ? JSON.stringify(value) : t('a list of {0} elements', value.length);
  if (isRecord(value)) return t('an object');
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}..."`;
}

/** The key or element at a path: `"kernel"`, or `height of "kernel"`. */
export function subject(path: JsonPath, top: unknown): string {
  const last = path.at(-1);
  if (last === undefined) return t('A scheme');
  if (typeof last === 'string') return `"${last}"`;
  const list = path.slice(0, -1);
  if (list.join('/') === 'model/network') return t('Layer {0}', last + 1);
  const names = forms(schemaAt(list, top) ?? {}).find((form) => form.itemNames)?.itemNames;
  return t('{0} of {1}', names?.[last] ?? t('element {0}', last + 1), subject(list, top));
}

/** What has a key, or misses one: a layer by its type, else the key of the object. */
export function owner(path: JsonPath, top: unknown): string {
  const type = childValue(path.reduce(childValue, top), 'type');
  const isTyped = typeof type === 'string' && (typeof path.at(-1) === 'number' || !layerSchemas().has(type));
  return isTyped ? `"${type}"` : subject(path, top);
}

/** The layer that a path leads into: its index, and its name as written. */
export function layerAt(path: JsonPath, top: unknown): { readonly index: number; readonly name?: string } | undefined {
  const [model, network, index] = path;
  if (model !== 'model' || network !== 'network' || typeof index !== 'number') return undefined;
  const name = childValue(['model', 'network', index].reduce(childValue, top), 'name');
  return { index, name: typeof name === 'string' ? name : undefined };
}
