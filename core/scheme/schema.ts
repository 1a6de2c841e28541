import schemaFile from '../../schemas/model_scheme.schema.json?data';
import type { JsonPath } from './types';

/**
 * The part of JSON Schema that `schemas/model_scheme.schema.json` uses, and its own keywords (explained in the file's
 * description). Choices are made in two ways only: `if`/`then`/`else` on the kind of value, and `discriminator` on a key.
 */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly required?: readonly string[];
  readonly items?: Schema;
  /** What the elements of an array mean, in order. */
  readonly itemNames?: readonly string[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly enumDescriptions?: readonly string[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly if?: { readonly type: string };
  readonly then?: Schema;
  readonly else?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string };
  readonly defaultSnippets?: readonly { readonly label: string; readonly body: unknown }[];
  /** Other spellings of a value, and what they mean. */
  readonly aliases?: Readonly<Record<string, unknown>>;
  /** What other tools call this key: suggested, never accepted. */
  readonly synonyms?: readonly string[];
  /** The default is the value of the neighbouring key. */
  readonly defaultFrom?: string;
  /** The default depends on another key: on a neighbour (one name) or on a key from the top of the document. */
  readonly defaultBy?: { readonly key: readonly string[]; readonly values: Readonly<Record<string, unknown>> };
  readonly hintWhenDefault?: boolean;
  /** The value is a path, relative to the scheme file. */
  readonly path?: boolean;
  /** The value names a layer. */
  readonly layer?: boolean;
}

export const rootSchema: Schema = schemaFile;

const definitions = rootSchema.$defs ?? {};

const resolved = new WeakMap<Schema, Schema>();

/** A schema with its `$ref` followed; what stands beside the `$ref` has precedence. */
export function resolve(schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const known = resolved.get(schema);
  if (known) return known;
  const { $ref, ...own } = schema;
  const whole = { ...resolve(definitions[$ref.replace('#/$defs/', '')]!), ...own };
  resolved.set(schema, whole);
  return whole;
}

/** Name of the definition that a schema refers to, if it does. */
export function definitionName(schema: Schema): string | undefined {
  return schema.$ref?.replace('#/$defs/', '');
}

/** All forms that a value may take: the schema itself, or the branches of its choice. */
export function forms(schema: Schema): readonly Schema[] {
  const whole = resolve(schema);
  if (whole.then && whole.else) return [...forms(whole.then), ...forms(whole.else)];
  if (whole.oneOf && whole.discriminator) return whole.oneOf.map(resolve);
  return [whole];
}

/** The form that a value is meant to have; `undefined` where a discriminating key is missing or unknown. */
export function formFor(schema: Schema, value: unknown): Schema | undefined {
  const whole = resolve(schema);
  if (whole.if) return formFor((kindOf(value) === whole.if.type ? whole.then : whole.else)!, value);
  if (whole.discriminator && whole.oneOf) return branchFor(whole, value);
  return whole;
}

function branchFor(schema: Schema, value: unknown): Schema | undefined {
  const key = schema.discriminator!.propertyName;
  const tag = isRecord(value) ? value[key] : undefined;
  return schema.oneOf!.map(resolve).find((branch) => tagValues(branch, key).includes(tag));
}

/** The values of a discriminating key that lead to a branch. */
export function tagValues(branch: Schema, key: string): readonly unknown[] {
  const tag = resolve(branch.properties?.[key] ?? {});
  return tag.enum ?? [tag.const];
}

/** The proper values of a discriminating key, without the other spellings that are accepted. */
export function tagNames(branch: Schema, key: string): string[] {
  const tag = resolve(branch.properties?.[key] ?? {});
  return tag.enum ? properValues(tag).map(String) : [String(tag.const)];
}

/** The values of an enumeration without the other spellings that are accepted. */
export function properValues(schema: Schema): readonly unknown[] {
  const aliases = schema.aliases ?? {};
  return (schema.enum ?? []).filter((value) => typeof value !== 'string' || !Object.hasOwn(aliases, value));
}

/**
 * The schema of the value at a path, as written there (with its title, default and description); `value` is the document's
 * value, which decides between forms.
 */
export function schemaAt(path: JsonPath, value: unknown): Schema | undefined {
  let schema: Schema | undefined = rootSchema;
  let current = value;
  for (const segment of path) {
    const form: Schema | undefined = schema && formFor(schema, current);
    schema = form && childSchema(form, segment);
    current = childValue(current, segment);
  }
  return schema && resolve(schema);
}

function childSchema(form: Schema, segment: string | number): Schema | undefined {
  if (typeof segment === 'number') return form.items;
  const properties = form.properties ?? {};
  return Object.hasOwn(properties, segment) ? properties[segment] : form.additionalProperties || undefined;
}

/** What stands under a key or an index of a plain value. */
export function childValue(value: unknown, segment: string | number): unknown {
  if (Array.isArray(value)) return typeof segment === 'number' ? value[segment] : undefined;
  return isRecord(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** Every layer type with its schema, in the order of the file. */
export function layerSchemas(): ReadonlyMap<string, Schema> {
  return layersByType;
}

const layersByType: ReadonlyMap<string, Schema> = new Map(
  forms({ $ref: '#/$defs/layer' }).map((branch) => [tagNames(branch, 'type')[0]!, branch]),
);

export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return kindOf(value) === 'object';
}
