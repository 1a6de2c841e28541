import { t } from '../l10n';
import type { Code } from './codes';
import { diagnose } from './diagnose';
import type { Diagnostic, Fix } from './diagnostics';
import type { SchemeDocument } from './document';
import { changeValue, correct, renameKey } from './fixes';
import { placeOf } from './places';
import { forms, type Schema, schemaAt } from './schema';
import { meantValue } from './suggest';
import type { JsonPath } from './types';
import { expectation, shown, subject, withMeant } from './wording';

const codes: Readonly<Record<string, Code>> = {
  type: 'scheme/wrong-type',
  enum: 'scheme/unknown-value',
  const: 'scheme/unknown-value',
  minItems: 'scheme/wrong-length',
  maxItems: 'scheme/wrong-length',
  not: 'scheme/wrong-length',
};

/** A value of the wrong kind, name, size or length: what it must be, what it is, and what was probably meant. */
export function valueDiagnostic(document: SchemeDocument, keyword: string, path: JsonPath, value: unknown): Diagnostic {
  const schema = schemaAt(path, document.value) ?? {};
  const meant = meantValue(value, forms(schema));
  const message = t('{0} must be {1}, not {2}.', subject(path, document.value), expectation(schema), shown(value));
  const fixes =
    meant !== undefined ? correct(document, path, meant) : changeValue(document, path, converted(schema, value));
  const code = codes[keyword] ?? 'scheme/out-of-range';
  return diagnose(code, placeOf(document, path), withMeant(message, meant), {
    fixes: [...misplaced(document, path, value), ...fixes],
  });
}

/** Three numbers under `input_size` are a picture. */
function misplaced(document: SchemeDocument, path: JsonPath, value: unknown): Fix[] {
  const isPicture = path.join('.') === 'data.input_size' && Array.isArray(value) && value.length === 3;
  return isPicture ? renameKey(document, path, 'image_size') : [];
}

/** A number written as text, a list of one, a percentage for a share, a number beyond its limit. */
function converted(schema: Schema, value: unknown): unknown {
  const text = forms(schema).find((form) => form.type === 'string');
  if (text && typeof value === 'number') return String(value);
  const number = forms(schema).find((form) => form.type === 'number' || form.type === 'integer');
  const one = number && candidates(number, value).find((candidate) => fits(number, candidate));
  return one ?? shortened(schema, value);
}

/** A list without the elements that are too many. */
function shortened(schema: Schema, value: unknown): unknown {
  const list = forms(schema).find(({ type, maxItems }) => type === 'array' && maxItems !== undefined);
  const isTooLong = Array.isArray(value) && list !== undefined && value.length > list.maxItems!;
  return isTooLong ? value.slice(0, list.maxItems) : undefined;
}

function candidates(schema: Schema, value: unknown): number[] {
  if (typeof value === 'string' && value.trim() !== '') return [Number(value)];
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'number') return [value[0]];
  if (typeof value !== 'number') return [];
  const percentage = schema.exclusiveMaximum === 1 ? [value / 100] : [];
  return [...percentage, Math.round(value), schema.minimum ?? Number.NaN];
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
