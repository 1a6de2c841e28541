import { CompletionItemKind } from 'vscode-languageserver-types';
import { childValue, forms, kindOf, resolve, type Schema } from '../../scheme/schema';
import { valueDescription } from '../documentation';
import { valueText } from '../text';
import type { CompletionRequest, Proposal } from './request';
import { choice, innerText, literal, placeholder, plainText, TabStops, tabStop, valueSnippet } from './snippet';

/** Every value that the schema names: words, `true` and `false`, defaults, examples, and the object form with its keys. */
export function valueProposals({ cursor, value }: CompletionRequest, schema: Schema): Proposal[] {
  const given = sensibleValue(schema, siblingsOf(cursor.path, value), value);
  const values = [...(given === undefined ? [] : [given]), ...forms(schema).flatMap(namedValues), ...examples(schema)];
  const unique = [...new Map(values.map((one) => [valueText(one), one])).values()];
  const proposals = unique.filter((one) => kindOf(one) !== 'object').map((one) => valueProposal(schema, one));
  const fitting = cursor.quoted ? proposals.filter(({ label }) => label.startsWith('"')) : proposals;
  return [...fitting.map(withoutQuotes), ...(cursor.quoted ? [] : objectProposals(schema))];
}

/**
 * What a person probably wants to write for a key, as a snippet: the words to choose from, an example, or the default with
 * a placeholder for each of its parts.
 */
export function keyValueSnippet(
  schema: Schema,
  siblings: unknown,
  top: unknown,
  names: readonly string[],
  stops = new TabStops(),
): string {
  const own = resolve(schema);
  if (own.layer) return `"${choice(stops, names.map(innerText))}"`;
  if (own.items && resolve(own.items).layer)
    return `["${choice(stops, names.map(innerText))}", "${choice(stops, names.map(innerText))}"]`;
  const words = forms(own).flatMap(namedValues);
  const sensible = sensibleValue(own, siblings, top);
  if (words.some((word) => typeof word === 'boolean'))
    return choice(stops, sensible === true ? ['true', 'false'] : ['false', 'true']);
  if (words.length > 0) return wordsSnippet(words, sensible, stops);
  if (sensible !== undefined) return valueSnippet(sensible, stops);
  return emptyValue(own, siblings, top, names, stops);
}

/** The value to begin with: an example, else the default; of two truth values the one that is not the default. */
export function sensibleValue(schema: Schema, siblings: unknown, top: unknown): unknown {
  const { examples: given, default: fixed, hintWhenDefault, defaultFrom, defaultBy } = resolve(schema);
  if (given?.[0] !== undefined) return given[0];
  if (typeof fixed === 'boolean' && hintWhenDefault) return !fixed;
  if (fixed !== undefined) return fixed;
  if (defaultFrom !== undefined) return childValue(siblings, defaultFrom);
  if (defaultBy === undefined) return undefined;
  const base = defaultBy.key.length === 1 ? siblings : top;
  const chosen = defaultBy.key.reduce<unknown>(childValue, base);
  return defaultBy.values[String(chosen)] ?? Object.values(defaultBy.values)[0];
}

/** The words and truth values of a form; other spellings of the same are left out. */
export function namedValues(form: Schema): readonly unknown[] {
  const { enum: values, aliases, const: only } = resolve(form);
  if (only !== undefined) return [only];
  return (values ?? []).filter((value) => typeof value !== 'string' || aliases?.[value] === undefined);
}

export function siblingsOf(path: readonly (string | number)[], top: unknown): unknown {
  return path.slice(0, -1).reduce<unknown>(childValue, top);
}

function examples(schema: Schema): readonly unknown[] {
  const { examples: given, default: fixed } = resolve(schema);
  return [...(given ?? []), ...(fixed === undefined ? [] : [fixed])];
}

function valueProposal(schema: Schema, value: unknown): Proposal {
  const meaning = valueDescription(schema, value);
  const label = valueText(value);
  return {
    label,
    kind: typeof value === 'string' ? CompletionItemKind.EnumMember : CompletionItemKind.Value,
    insert: typeof value === 'string' ? literal(JSON.stringify(value)) : valueSnippet(value, new TabStops()),
    ...(meaning === '' ? {} : { documentation: meaning }),
  };
}

/** Shown without its quotes, as a person thinks of it. */
function withoutQuotes(proposal: Proposal): Proposal {
  return proposal.label.startsWith('"') ? { ...proposal, label: String(JSON.parse(proposal.label)) } : proposal;
}

/** The long form of a value that has a short one too: an optimizer with its hyperparameters for example. */
function objectProposals(schema: Schema): Proposal[] {
  if (!forms(schema).some((form) => form.properties !== undefined)) return [];
  const example = resolve(schema).examples?.find((one) => kindOf(one) === 'object');
  const stops = new TabStops();
  const insert = example === undefined ? objectSnippet(schema, stops) : valueSnippet(example, stops);
  const documentation = `\`\`\`json\n${plainText(insert)}\n\`\`\``;
  return [{ label: '{ … }', kind: CompletionItemKind.Struct, insert, filters: ['{'], documentation }];
}

function wordsSnippet(words: readonly unknown[], sensible: unknown, stops: TabStops): string {
  const first = words.includes(sensible) ? [sensible] : [];
  const texts = [...new Set([...first, ...words])].map((word) => innerText(String(word)));
  return texts.length === 1 ? `"${literal(texts[0] ?? '')}"` : `"${choice(stops, texts)}"`;
}

function emptyValue(
  schema: Schema,
  siblings: unknown,
  top: unknown,
  names: readonly string[],
  stops: TabStops,
): string {
  const form = forms(schema)[0] ?? schema;
  if (form.properties !== undefined || form.type === 'object')
    return objectSnippet(schema, stops, siblings, top, names);
  if (form.type === 'array') return `[${elements(form, stops)}]`;
  if (form.type === 'string') return `"${tabStop(stops)}"`;
  return placeholder(stops, String(form.minimum ?? 1));
}

/** As many elements as there must be, or have names; where any number will do, a place for them. */
function elements({ minItems, maxItems, items, itemNames }: Schema, stops: TabStops): string {
  const count = itemNames?.length ?? (minItems === maxItems ? minItems : undefined);
  if (count === undefined) return tabStop(stops);
  const least = String(resolve(items ?? {}).minimum ?? 1);
  return Array.from({ length: count }, () => placeholder(stops, least)).join(', ');
}

/** An object with the keys that it must have, or else those with a default worth being seen. */
function objectSnippet(
  schema: Schema,
  stops: TabStops,
  siblings?: unknown,
  top?: unknown,
  names: readonly string[] = [],
): string {
  const variants = forms(schema).filter((form) => form.properties !== undefined);
  const form = variants[0];
  if (form === undefined) return `{ ${tabStop(stops)} }`;
  const types = variants.flatMap((variant) => namedValues(variant.properties?.type ?? {}).slice(0, 1));
  const keys = Object.entries(form.properties ?? {}).filter(([key, property]) => isWorthWriting(form, key, property));
  const entries = keys.map(([key, property]) => {
    const several = key === 'type' && variants.length > 1;
    const value = several
      ? wordsSnippet(types, types[0], stops)
      : keyValueSnippet(property, siblings, top, names, stops);
    return `"${key}": ${value}`;
  });
  return entries.length === 0 ? `{ ${tabStop(stops)} }` : `{ ${entries.join(', ')} }`;
}

function isWorthWriting(form: Schema, key: string, property: Schema): boolean {
  const { default: fixed, hintWhenDefault } = resolve(property);
  if (form.required?.includes(key)) return true;
  return (form.required ?? []).length === 0 && fixed !== undefined && hintWhenDefault !== true;
}
