import { t } from '../l10n';
import { forms, type Schema } from '../scheme/schema';
import { code, valueText } from './text';

/** What a key means, as Markdown: title, description, default, range, the values that it may have. */
export function keyDocumentation(key: string, schema: Schema): string {
  return paragraphs(headline(key, schema), description(schema), factsLine(schema), valuesList(schema));
}

/** Whether a value of this schema is a layer. */
export function isLayerUnion({ discriminator, oneOf }: Schema): boolean {
  return (
    discriminator !== undefined && (oneOf?.length ?? 0) > 0 && oneOf?.[0]?.$ref?.startsWith('#/$defs/layer_') === true
  );
}

/** The same beside one of the values: what the others mean is left out. */
export function briefDocumentation(key: string, schema: Schema): string {
  return paragraphs(headline(key, schema), description(schema), factsLine(schema));
}

/** `default 32`, or `at least 1` where there is no default: what fits on one line beside a key, without markup. */
export function keySummary(schema: Schema): string {
  return schema.default === undefined ? rangeText(schema) : t('default {0}', valueText(schema.default));
}

function headline(key: string, { title }: Schema): string {
  return title === undefined ? code(key) : `**${t(title)}** ${code(key)}`;
}

function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function description(schema: Schema): string {
  return schema.description === undefined ? '' : t(schema.description);
}

/** What one of several values means; empty where the schema says nothing about it. */
export function valueDescription(schema: Schema, value: unknown): string {
  for (const form of forms(schema)) {
    const index = form.enum?.indexOf(value) ?? -1;
    const text = form.enumDescriptions?.[index];
    if (text !== undefined) return t(text);
  }
  return '';
}

/** `between 0 and 1`, `at least 1`: the numbers that are allowed, in words. */
export function rangeText(schema: Schema): string {
  const parts = forms(schema).map(numberRange);
  return parts.find((part) => part !== '') ?? '';
}

function factsLine(schema: Schema): string {
  const facts = [typeText(schema), rangeText(schema), defaultText(schema)].filter((fact) => fact !== '');
  return facts.map((fact, index) => (index === 0 ? capitalized(fact) : fact)).join(' · ');
}

function defaultText(schema: Schema): string {
  if (schema.default !== undefined) return t('default {0}', code(valueText(schema.default)));
  if (schema.defaultFrom !== undefined) return t('default: the value of {0}', code(schema.defaultFrom));
  if (schema.defaultBy === undefined) return '';
  const cases = Object.entries(schema.defaultBy.values).map(([of, value]) => `${code(valueText(value))} (${of})`);
  return t('default by {0}: {1}', code(schema.defaultBy.key.join('.')), cases.join(', '));
}

function typeText(schema: Schema): string {
  const names = forms(schema).map(formText);
  return [...new Set(names.filter((name) => name !== ''))].join(` ${t('or')} `);
}

function formText(form: Schema): string {
  if (form.enum?.includes(true)) return t('true or false');
  if (form.enum !== undefined || form.const !== undefined) return t('a word');
  switch (form.type) {
    case 'integer':
      return t('whole number');
    case 'number':
      return t('number');
    case 'string':
      return form.path ? t('path') : t('text');
    case 'array':
      return arrayText(form);
    default:
      return '';
  }
}

function arrayText({ itemNames, minItems, maxItems }: Schema): string {
  if (itemNames !== undefined && minItems === maxItems) return code(`[${itemNames.map((name) => t(name)).join(', ')}]`);
  return t('list');
}

function valuesList(schema: Schema): string {
  const lines = forms(schema).flatMap((form) => (form.enum?.includes(true) ? [] : valueLines(form)));
  return lines.join('\n');
}

function valueLines(form: Schema): string[] {
  const values = (form.enum ?? []).filter((value) => form.aliases?.[String(value)] === undefined);
  return values.map((value) => {
    const meaning = valueDescription(form, value);
    return meaning === '' ? `- ${code(String(value))}` : `- ${code(String(value))}: ${meaning}`;
  });
}

/** The largest 32-bit integer is a limit of ONNX, not one that a person meets. */
const largest = 2147483647;

function numberRange(schema: Schema): string {
  const { minimum, exclusiveMinimum, exclusiveMaximum } = schema;
  const maximum = schema.maximum === largest ? undefined : schema.maximum;
  const from = minimum ?? exclusiveMinimum;
  const to = maximum ?? exclusiveMaximum;
  const atLeast = minimum === undefined ? t('above {0}', from ?? '') : t('at least {0}', minimum);
  const atMost = maximum === undefined ? t('below {0}', to ?? '') : t('at most {0}', maximum);
  if (from !== undefined && to !== undefined) return `${atLeast}, ${atMost}`;
  if (from !== undefined) return atLeast;
  return to === undefined ? '' : atMost;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
