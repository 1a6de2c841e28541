import type { Node } from 'jsonc-parser';
import { t } from '../l10n';
import type { Diagnostic, Fix, Span } from './diagnostics';
import { nearestSpan, nodeAt, propertyNodeAt, type SchemeDocument, spanOf } from './document';
import { insertProperty, removeProperty, replaceNode } from './edits';
import { nearest } from './nearest';
import { plannedLayerTypes } from './planned';
import { forms, kindOf, layerSchemas, resolve, type Schema, schemaAt } from './schema';
import { meantKey, meantLayerType, objectSchemaAt } from './suggest';
import type { JsonPath } from './types';
import { eitherOf, expectation, layerAt, owner, properValues, shown, subject } from './wording';

/** An error of the JSON Schema validator, with the path of the value that it is about. */
export interface SchemaError {
  readonly keyword: string;
  readonly path: JsonPath;
  readonly params: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/** The error in words, at the place to be mended, with the change that mends it. */
export function schemaDiagnostic(document: SchemeDocument, error: SchemaError): Diagnostic {
  const { keyword, params } = error;
  if (keyword === 'additionalProperties') return unknownKey(document, error, String(params.additionalProperty));
  if (keyword === 'required') return missingKey(document, error.path, String(params.missingProperty));
  if (keyword === 'discriminator') return wrongTag(document, error);
  if (keyword === 'oneOf') return inputShapeCount(document, error);
  if (keyword === 'not' && kindOf(error.data) === 'object') return twoPoolings(document, error);
  return wrongValue(document, error);
}

function unknownKey(document: SchemeDocument, { path }: SchemaError, key: string): Diagnostic {
  const property = propertyNodeAt(document.root, [...path, key]);
  const meant = meantKey(document, path, key);
  const has = t('{0} has no key {1}.', owner(path, document.value), `"${key}"`);
  const message = meant ? `${has} ${t('Did you mean {0}?', `"${meant}"`)}` : `${has} ${keysThatFit(document, path)}`;
  const fixes: Fix[] = [];
  if (property && meant) fixes.push(renameKey(property, meant));
  if (property) {
    fixes.push({ title: t('Remove {0}', `"${key}"`), changes: [removeProperty(document.text, property)] });
  }
  const span = property ? spanOf(property.children![0]!) : nearestSpan(document.root, path);
  return diagnostic(document, 'scheme/unknown-key', [...path, key], span, message, fixes);
}

function renameKey(property: Node, key: string): Fix {
  const changes = [replaceNode(property.children![0]!, JSON.stringify(key))];
  return { title: t('Change to {0}', `"${key}"`), changes, preferred: true };
}

function keysThatFit(document: SchemeDocument, path: JsonPath): string {
  const keys = Object.keys(objectSchemaAt(document, path)?.properties ?? {});
  return t('Its keys are {0}.', keys.map((key) => `"${key}"`).join(', '));
}

function missingKey(document: SchemeDocument, path: JsonPath, key: string): Diagnostic {
  const schema = objectSchemaAt(document, path)?.properties?.[key];
  const value = schema ? exampleOf(schema) : undefined;
  const object = nodeAt(document.root, path);
  const fixes: Fix[] = [];
  if (object?.type === 'object' && value !== undefined) {
    const changes = [insertProperty(document.text, object, key, JSON.stringify(value))];
    fixes.push({ title: t('Add {0}', `"${key}": ${JSON.stringify(value)}`), changes, preferred: true });
  }
  const needs = t('{0} needs the key {1}', owner(path, document.value), `"${key}"`);
  const message = schema ? `${needs}: ${expectation(schema)}.` : `${needs}.`;
  return diagnostic(document, 'scheme/missing-key', path, headSpan(document, path), message, fixes);
}

/** The short place that stands for a whole object: a layer's type, the key that it stands under, or its brace. */
export function headSpan(document: SchemeDocument, path: JsonPath): Span {
  const typeNode = typeof path.at(-1) === 'number' ? nodeAt(document.root, [...path, 'type']) : undefined;
  const node = typeNode ?? propertyNodeAt(document.root, path)?.children?.[0];
  if (node) return spanOf(node);
  const { start } = nearestSpan(document.root, path);
  return { start, end: start + 1 };
}

/** A value to begin with, of the kind that the schema wants. */
function exampleOf(schema: Schema): unknown {
  const { examples, default: fixed, properties, required } = resolve(schema);
  if (examples) return examples[0];
  if (fixed !== undefined) return fixed;
  if (!properties) return undefined;
  const keys = (required ?? []).filter((key) => exampleOf(properties[key]!) !== undefined);
  return Object.fromEntries(keys.map((key) => [key, exampleOf(properties[key]!)]));
}

/** The key that decides about the rest of an object (`type`) is missing, no text, or unknown. */
function wrongTag(document: SchemeDocument, { path, params }: SchemaError): Diagnostic {
  const key = String(params.tag);
  const node = nodeAt(document.root, [...path, key]);
  const branches = forms(schemaAt(path, document.value) ?? {});
  const isLayer = layerAt(path, document.value) !== undefined && path.length === 3;
  const known = branches.flatMap((branch) => tagNames(branch, key));
  if (!node) return missingTag(document, path, key, isLayer ? [] : known);
  const value: unknown = params.tagValue;
  if (isLayer && typeof value === 'string') return unknownLayerType(document, path, node, value, known);
  const meant = typeof value === 'string' ? nearest(value, known) : undefined;
  const values = eitherOf(known.map((name) => `"${name}"`));
  const message = withMeant(
    t('{0} must be {1}, not {2}.', `"${key}"`, isLayer ? t('a layer type') : values, shown(value)),
    meant,
  );
  return diagnostic(document, 'scheme/unknown-value', [...path, key], spanOf(node), message, replacements(node, meant));
}

function tagNames(branch: Schema, key: string): string[] {
  const tag = resolve(branch.properties?.[key] ?? {});
  return tag.enum ? properValues(tag).map(String) : [String(tag.const)];
}

function missingTag(document: SchemeDocument, path: JsonPath, key: string, known: readonly string[]): Diagnostic {
  const values = known.length > 0 ? eitherOf(known.map((name) => `"${name}"`)) : '"conv2d_set", "dense_set", ...';
  const message = t('{0} needs the key {1}: {2}.', owner(path, document.value), `"${key}"`, values);
  return diagnostic(document, 'scheme/missing-key', path, headSpan(document, path), message, []);
}

function unknownLayerType(
  document: SchemeDocument,
  path: JsonPath,
  node: Node,
  type: string,
  known: readonly string[],
): Diagnostic {
  const typePath = [...path, 'type'];
  if (plannedLayerTypes.includes(type)) {
    const message = t('{0} is part of the scheme language, but this version cannot build it yet.', `"${type}"`);
    return diagnostic(document, 'scheme/layer-not-supported-yet', typePath, spanOf(node), message, []);
  }
  const meant = meantLayerType(type, [...layerSchemas().keys(), ...plannedLayerTypes]);
  const message = meant
    ? withMeant(t('{0} is no layer type.', `"${type}"`), meant)
    : `${t('{0} is no layer type.', `"${type}"`)} ${t('There are {0}.', known.map((name) => `"${name}"`).join(', '))}`;
  return diagnostic(document, 'scheme/unknown-type', typePath, spanOf(node), message, replacements(node, meant));
}

/** `data` has none, or both, of `image_size` and `input_size`. */
function inputShapeCount(document: SchemeDocument, { path, params }: SchemaError): Diagnostic {
  const [image, input] = [
    propertyNodeAt(document.root, [...path, 'image_size']),
    propertyNodeAt(document.root, [...path, 'input_size']),
  ];
  const object = nodeAt(document.root, path);
  if (params.passingSchemas && image && input) {
    const message = t('Only one of {0} and {1} can hold. Remove the other.', '"image_size"', '"input_size"');
    const fixes = [image, input].map((property) => ({
      title: t(
        'Remove {0}',
        document.text.slice(
          property.children![0]!.offset,
          property.children![0]!.offset + property.children![0]!.length,
        ),
      ),
      changes: [removeProperty(document.text, property)],
    }));
    return diagnostic(document, 'scheme/input-shape', path, spanOf(input.children![0]!), message, fixes);
  }
  const fixes: Fix[] = object
    ? [
        {
          title: t('Add {0}', '"image_size"'),
          changes: [insertProperty(document.text, object, 'image_size', '[30, 30, 1]')],
        },
      ]
    : [];
  const message = t('{0} needs {1} for pictures, or {2} for anything else.', '"data"', '"image_size"', '"input_size"');
  return diagnostic(document, 'scheme/input-shape', path, headSpan(document, path), message, fixes);
}

function twoPoolings(document: SchemeDocument, { path }: SchemaError): Diagnostic {
  const keys = ['maxpooling', 'average_pooling'];
  const properties = keys.map((key) => propertyNodeAt(document.root, [...path, key])!);
  const fixes = properties.map((property, index) => ({
    title: t('Remove {0}', `"${keys[index]}"`),
    changes: [removeProperty(document.text, property)],
  }));
  const message = t(
    'A set has one pooling: remove {0} or {1}, or write the second as a layer of its own.',
    '"maxpooling"',
    '"average_pooling"',
  );
  return diagnostic(document, 'scheme/two-poolings', path, spanOf(properties[1]!.children![0]!), message, fixes);
}

const valueCodes: Readonly<Record<string, string>> = {
  type: 'scheme/wrong-type',
  enum: 'scheme/unknown-value',
  const: 'scheme/unknown-value',
  minItems: 'scheme/wrong-length',
  maxItems: 'scheme/wrong-length',
  not: 'scheme/wrong-length',
};

function wrongValue(document: SchemeDocument, { keyword, path, data }: SchemaError): Diagnostic {
  const schema = schemaAt(path, document.value) ?? {};
  const node = nodeAt(document.root, path);
  const meant = typeof data === 'string' ? nearest(data, forms(schema).flatMap(properValues).map(String)) : undefined;
  const sentence = t('{0} must be {1}, not {2}.', subject(path, document.value), expectation(schema), shown(data));
  const fixes = node ? [...replacements(node, meant), ...(meant ? [] : conversions(node, schema, data))] : [];
  const code = valueCodes[keyword] ?? 'scheme/out-of-range';
  return diagnostic(document, code, path, nearestSpan(document.root, path), withMeant(sentence, meant), fixes);
}

function withMeant(sentence: string, meant: string | undefined): string {
  return meant === undefined ? sentence : `${sentence} ${t('Did you mean {0}?', `"${meant}"`)}`;
}

function replacements(node: Node, meant: string | undefined): Fix[] {
  return meant === undefined ? [] : [writing(node, meant)];
}

function writing(node: Node, value: unknown): Fix {
  const text = JSON.stringify(value);
  return { title: t('Change to {0}', text), changes: [replaceNode(node, text)], preferred: true };
}

/** A number written as text, a list of one, a percentage for a share, a number beyond its limit. */
function conversions(node: Node, schema: Schema, value: unknown): Fix[] {
  const number = forms(schema).find((form) => form.type === 'number' || form.type === 'integer');
  const candidates = [Number(typeof value === 'string' && value.trim() ? value : Number.NaN)];
  if (Array.isArray(value) && value.length === 1) candidates.push(Number(value[0]));
  if (typeof value === 'number' && number?.type === 'integer') candidates.push(Math.round(value));
  if (typeof value === 'number' && number?.exclusiveMaximum === 1) candidates.push(value / 100);
  if (typeof value === 'number' && number?.minimum !== undefined) candidates.push(number.minimum);
  const fitting = number && candidates.find((candidate) => fits(number, candidate));
  return fitting === undefined ? [] : [writing(node, fitting)];
}

function fits(schema: Schema, value: number): boolean {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  return (
    Number.isFinite(value) &&
    (type !== 'integer' || Number.isInteger(value)) &&
    !(minimum !== undefined && value < minimum) &&
    !(maximum !== undefined && value > maximum) &&
    !(exclusiveMinimum !== undefined && value <= exclusiveMinimum) &&
    !(exclusiveMaximum !== undefined && value >= exclusiveMaximum)
  );
}

function diagnostic(
  document: SchemeDocument,
  code: string,
  path: JsonPath,
  span: Span,
  message: string,
  fixes: readonly Fix[],
): Diagnostic {
  const layer = layerAt(path, document.value)?.name;
  return { code, severity: 'error', message, span, path, layer, fixes };
}
