import { elementsText } from '../counts';
import { t } from '../l10n';
import { jsonText } from './jsonText';
import { childValue, forms, isRecord, layerSchemas, properValues, type Schema, schemaAt } from './schema';
import type { JsonPath } from './types';

/** Words for the places and values of a scheme, as diagnostics use them. */

/** What a schema accepts: `a list [height, width] or a whole number of at least 1`. */
export function expectation(schema: Schema): string {
  const written = forms(schema);
  // Names and numbers first: an object is the long form of most of them.
  const ordered = [
    ...written.filter(({ type }) => type !== 'object'),
    ...written.filter(({ type }) => type === 'object'),
  ];
  return eitherOf([...new Set(ordered.flatMap(formWords))]);
}

function formWords(schema: Schema): string[] {
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum) return properValues(schema).map((value) => JSON.stringify(value));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return [numberWords(schema)];
    case 'array':
      return [schema.itemNames ? t('a list {0}', `[${schema.itemNames.join(', ')}]`) : listWords(schema)];
    case 'string':
      return [t('text in double quotes')];
    default:
      return [t('an object')];
  }
}

function listWords({ minItems = 0, maxItems }: Schema): string {
  if (maxItems !== undefined) return t('a list of {0} to {1}', minItems, elementsText(maxItems));
  return minItems > 0 ? t('a list of at least {0}', elementsText(minItems)) : t('a list');
}

/** Limits that stand for "as many as a computer can count" are not worth a word. */
const unlimited = 2147483647;

function numberWords({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const noun = type === 'integer' ? t('a whole number') : t('a number');
  const limits: string[] = [];
  if (minimum !== undefined && minimum > -unlimited) limits.push(t('of at least {0}', minimum));
  if (exclusiveMinimum !== undefined) limits.push(t('above {0}', exclusiveMinimum));
  if (maximum !== undefined && maximum < unlimited) limits.push(t('of at most {0}', maximum));
  if (exclusiveMaximum !== undefined) limits.push(t('below {0}', exclusiveMaximum));
  if (limits.length === 2) return t('{0} {1} and {2}', noun, limits[0]!, limits[1]!);
  return limits.length === 1 ? t('{0} {1}', noun, limits[0]!) : noun;
}

export function eitherOf(phrases: readonly string[]): string {
  if (phrases.length < 2) return phrases[0] ?? '';
  return t('{0} or {1}', phrases.slice(0, -1).join(', '), phrases.at(-1)!);
}

/** A value as a message shows it: short ones as they are written, others by their kind. */
export function shown(value: unknown): string {
  if (isRecord(value)) return t('an object');
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    return t('one beyond all that can be computed with');
  const text = jsonText(value);
  if (Array.isArray(value)) return text.length <= 60 ? text : t('a list of {0}', elementsText(value.length));
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The key or element at a path: `"kernel"`, or `height of "kernel"`. */
export function subject(path: JsonPath, top: unknown): string {
  const last = path.at(-1);
  if (last === undefined) return t('A scheme');
  if (typeof last === 'string') return quoted(last);
  const list = path.slice(0, -1);
  if (list.at(-1) === 'network') return t('Layer {0}', last + 1);
  const names = forms(schemaAt(list, top) ?? {}).find((form) => form.itemNames)?.itemNames;
  return t('{0} of {1}', names?.[last] ?? t('element {0}', last + 1), subject(list, top));
}

/** What has a key, or misses one: a layer by its type, else the key that its object stands under. */
export function owner(path: JsonPath, top: unknown): string {
  const type = childValue(path.reduce(childValue, top), 'type');
  const isLayer = typeof path.at(-1) === 'number' && typeof type === 'string' && layerSchemas().has(type);
  return isLayer ? quoted(type) : subject(path, top);
}

export function withMeant(sentence: string, meant: string | boolean | undefined): string {
  if (meant === undefined) return sentence;
  return `${sentence} ${t('Did you mean {0}?', typeof meant === 'string' ? quoted(meant) : String(meant))}`;
}

export function quoted(word: string): string {
  return `"${word}"`;
}

export function listed(words: readonly string[]): string {
  return words.map(quoted).join(', ');
}
