import { childValue, definitionName, formFor, isRecord, kindOf, resolve, rootSchema, type Schema } from './schema';

/**
 * A valid value in the one form that everything behind the parser sees: aliases replaced by what they mean, every default
 * filled in, one number for both axes written as two, a bare name of an activation or optimizer as an object.
 * `top` is the whole document's value, on which some defaults depend.
 */
export function canonical(schema: Schema, value: unknown, top: unknown): unknown {
  const form = formFor(schema, value);
  if (!form) return value;
  const unified = unify(schema, withoutAlias(form, value));
  // A bare name has become an object: its own defaults are to be filled in.
  if (kindOf(unified) !== kindOf(value) && isRecord(unified)) return canonical(schema, unified, top);
  if (isRecord(unified)) return withDefaults(form, unified, top);
  if (Array.isArray(unified) && form.items) return unified.map((item) => canonical(form.items!, item, top));
  return unified;
}

/** The default of a key in its canonical form; `siblings` are the values of the object that it stands in. */
export function defaultOf(schema: Schema, siblings: Readonly<Record<string, unknown>>, top: unknown): unknown {
  const { default: fixed, defaultFrom, defaultBy } = resolve(schema);
  const value =
    fixed ?? (defaultFrom ? siblings[defaultFrom] : defaultBy && dependentDefault(defaultBy, siblings, top));
  return value === undefined ? undefined : canonical(schema, value, top);
}

function dependentDefault(rule: NonNullable<Schema['defaultBy']>, siblings: unknown, top: unknown): unknown {
  const value = rule.key.reduce(childValue, rule.key.length === 1 ? siblings : top);
  // The key that it depends on may be left out as well: then the first case is that key's default.
  if (value === undefined) return Object.values(rule.values)[0];
  return typeof value === 'string' ? childValue(rule.values, value) : undefined;
}

/** What the defaults in a layer depend on outside of it: of two documents with the same, layers have the same defaults. */
export function defaultsKey(top: unknown): string {
  return JSON.stringify(topKeys.map((key) => key.reduce(childValue, top)));
}

const topKeys: readonly (readonly string[])[] = keysFromTop(rootSchema);

function keysFromTop(schema: unknown): (readonly string[])[] {
  if (Array.isArray(schema)) return schema.flatMap(keysFromTop);
  if (!isRecord(schema)) return [];
  const { key } = (schema as Schema).defaultBy ?? { key: [] };
  const below = Object.values(schema).flatMap(keysFromTop);
  return Array.isArray(key) && key.length > 1 ? [key, ...below] : below;
}

function withoutAlias(form: Schema, value: unknown): unknown {
  const aliases = form.aliases;
  return aliases && typeof value === 'string' && Object.hasOwn(aliases, value) ? aliases[value] : value;
}

function withDefaults(form: Schema, value: Readonly<Record<string, unknown>>, top: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(form.properties ?? {})) {
    const given = childValue(value, key);
    const filled = given === undefined ? defaultOf(schema, value, top) : canonical(schema, given, top);
    if (filled !== undefined) result[key] = filled;
  }
  for (const key of Object.keys(value)) {
    if (!(key in result) && form.additionalProperties)
      result[key] = canonical(form.additionalProperties, value[key], top);
  }
  return result;
}

/** The definitions whose values have a short form, and what it stands for. */
const longForms: Readonly<Record<string, (value: unknown) => unknown>> = {
  size1: oneAxis,
  size2: twice,
  poolingSize: twice,
  poolingStride: twice,
  optimizer: namedType,
  padding: paddingSides,
  croppedPadding: paddingSides,
  zeroPadding: paddingSides,
  padding1: twice,
  activation: namedType,
  tail_activation: namedType,
  tail_batch_normalization: (value) => (value === true ? {} : value),
};

function unify(schema: Schema, value: unknown): unknown {
  const longForm = longForms[definitionName(schema) ?? ''];
  return longForm ? longForm(value) : value;
}

function oneAxis(value: unknown): unknown {
  return typeof value === 'number' ? [value] : value;
}

/** For both axes, or both ends. */
function twice(value: unknown): unknown {
  return typeof value === 'number' ? [value, value] : value;
}

function namedType(value: unknown): unknown {
  return typeof value === 'string' ? { type: value } : value;
}

/** Explicit padding as top, left, bottom, right. */
function paddingSides(value: unknown): unknown {
  if (typeof value === 'number') return [value, value, value, value];
  if (!Array.isArray(value)) return value;
  const [top, left, bottom = top, right = left] = value;
  return [top, left, bottom, right];
}
