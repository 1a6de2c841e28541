import type { Node } from 'jsonc-parser';
import { t } from '../../l10n';
import { canonical, defaultOf } from '../canonical';
import { diagnose } from '../diagnose';
import type { Diagnostic } from '../diagnostics';
import { type SchemeDocument, spanOf } from '../document';
import { correct, remove } from '../fixes';
import { layerNameAt } from '../places';
import { childValue, formFor, isRecord, resolve, rootSchema, type Schema } from '../schema';
import type { JsonPath } from '../types';
import { quoted } from '../wording';

/** Hints about values that are right and could be written better. */
export function tidyHints(document: SchemeDocument): Diagnostic[] {
  return document.root ? hintsBelow(document, document.root, rootSchema, document.value, []) : [];
}

function hintsBelow(
  document: SchemeDocument,
  node: Node,
  schema: Schema,
  value: unknown,
  path: JsonPath,
): Diagnostic[] {
  const form = formFor(schema, value);
  if (!form) return [];
  if (node.type === 'array' && form.items) {
    const items = form.items;
    return (node.children ?? []).flatMap((child, index) =>
      hintsBelow(document, child, items, childValue(value, index), [...path, index]),
    );
  }
  if (node.type === 'object' && isRecord(value)) return hintsInObject(document, node, form, value, path);
  return textForBoolean(document, node, form, path);
}

function hintsInObject(
  document: SchemeDocument,
  node: Node,
  form: Schema,
  value: Readonly<Record<string, unknown>>,
  path: JsonPath,
): Diagnostic[] {
  return (node.children ?? []).flatMap((property) => {
    const [keyNode, valueNode] = property.children!;
    const key = String(keyNode!.value);
    const schema = childValue(form.properties, key) as Schema | undefined;
    if (!schema || !valueNode) return [];
    const below = hintsBelow(document, valueNode, schema, value[key], [...path, key]);
    return below.length > 0 ? below : redundantDefault(document, property, schema, value, [...path, key]);
  });
}

function textForBoolean(document: SchemeDocument, node: Node, form: Schema, path: JsonPath): Diagnostic[] {
  const meaning = typeof node.value === 'string' ? childValue(form.aliases, node.value) : undefined;
  if (typeof meaning !== 'boolean') return [];
  const message = t('Text for a truth value: write {0} without quotes.', String(meaning));
  const place = { span: spanOf(node), path, layer: layerNameAt(path, document.value) };
  return [diagnose('scheme/text-for-boolean', place, message, { fixes: correct(document, path, meaning) })];
}

function redundantDefault(
  document: SchemeDocument,
  property: Node,
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
  const place = { span: spanOf(property), path, layer: layerNameAt(path, document.value) };
  return [diagnose('scheme/redundant-default', place, message, { fixes: remove(document, path, true) })];
}
