import { t } from '../../l10n';
import { canonical, defaultOf } from '../canonical';
import { diagnose } from '../diagnose';
import type { Diagnostic } from '../diagnostics';
import type { SchemeDocument } from '../document';
import { elementPath } from '../element';
import { correct, remove } from '../fixes';
import { layerNameAt, placeOf } from '../places';
import { layerSchema } from '../read';
import { childValue, formFor, isRecord, resolve, rootSchema, type Schema } from '../schema';
import { propertyNodeAt, spanOf } from '../tree';
import type { JsonPath } from '../types';
import { quoted } from '../wording';

/** Hints about values that are right and could be written better. */
export function tidyHints(document: SchemeDocument): Diagnostic[] {
  return document.root ? hintsBelow(document, rootSchema, document.value, []) : [];
}

/** The hints about one layer, of a document in which nothing else need be read. */
export function tidyLayer(document: SchemeDocument, index: number, value: unknown): Diagnostic[] {
  return hintsBelow(document, layerSchema, value, elementPath(index));
}

/** The text is looked at only where there is something to say: values are nearly always tidy. */
function hintsBelow(document: SchemeDocument, schema: Schema, value: unknown, path: JsonPath): Diagnostic[] {
  const form = formFor(schema, value);
  if (!form) return [];
  if (Array.isArray(value) && form.items) {
    const items = form.items;
    return value.flatMap((item, index) => hintsBelow(document, items, item, [...path, index]));
  }
  if (isRecord(value)) return hintsInObject(document, form, value, path);
  return typeof value === 'string' ? textForBoolean(document, value, form, path) : [];
}

function hintsInObject(
  document: SchemeDocument,
  form: Schema,
  value: Readonly<Record<string, unknown>>,
  path: JsonPath,
): Diagnostic[] {
  const hints: Diagnostic[] = [];
  for (const key of Object.keys(value)) {
    const schema = childValue(form.properties, key) as Schema | undefined;
    if (!schema) continue;
    const below = hintsBelow(document, schema, value[key], [...path, key]);
    hints.push(...(below.length > 0 ? below : redundantDefault(document, schema, value, [...path, key])));
  }
  return hints;
}

function textForBoolean(document: SchemeDocument, value: string, form: Schema, path: JsonPath): Diagnostic[] {
  const meaning = childValue(form.aliases, value);
  if (typeof meaning !== 'boolean') return [];
  const message = t('Text for a truth value: write {0} without quotes.', String(meaning));
  const place = placeOf(document, path);
  return [diagnose('scheme/text-for-boolean', place, message, { fixes: correct(document, path, meaning) })];
}

function redundantDefault(
  document: SchemeDocument,
  schema: Schema,
  siblings: Readonly<Record<string, unknown>>,
  path: JsonPath,
): Diagnostic[] {
  if (!resolve(schema).hintWhenDefault) return [];
  const key = String(path.at(-1));
  const fallback = defaultOf(schema, siblings, document.value);
  const written = canonical(schema, siblings[key], document.value);
  if (JSON.stringify(written) !== JSON.stringify(fallback)) return [];
  const message = t('This is what happens without {0}, too.', quoted(key));
  const place = { span: spanOf(propertyNodeAt(document.root, path)!), path, layer: layerNameAt(path, document.value) };
  return [diagnose('scheme/redundant-default', place, message, { fixes: remove(document, path, true) })];
}
