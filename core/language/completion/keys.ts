import { CompletionItemKind } from 'vscode-languageserver-types';
import { childValue, formFor, forms, resolve, type Schema } from '../../scheme/schema';
import { keyDocumentation, keySummary } from '../documentation';
import { earlierNames, freeName } from '../layers';
import type { CompletionRequest, Proposal } from './request';
import { schemaOf } from './request';
import { sectionSkeletons } from './skeletons';
import { innerText, literal, placeholder, TabStops } from './snippet';
import { keyValueSnippet } from './values';

/**
 * The keys that may still be written in the object at the cursor, each with a sensible value: the required ones first, the
 * input of a layer last, since it hardly ever is another than the layer before.
 */
export function keyProposals(request: CompletionRequest): Proposal[] {
  const { cursor, value } = request;
  const schema = schemaOf(cursor.path, value);
  if (schema === undefined) return [];
  const siblings = cursor.path.reduce<unknown>(childValue, value);
  const object = formFor(objectForm(schema), siblings) ?? undecided(schema);
  const present = new Set(cursor.container.entries.keys());
  const keys = Object.entries(object.properties ?? {}).filter(
    ([key]) => !present.has(key) && !isExcluded(object, key, present),
  );
  const isRequired = (key: string) => object.required?.includes(key) === true;
  const rank = ([key, property]: [string, Schema]) => (isRequired(key) ? 0 : resolve(property).layer ? 2 : 1);
  return keys
    .toSorted((one, other) => rank(one) - rank(other))
    .map(([key, property]) => keyProposal(request, key, property, siblings, isRequired(key)));
}

/** The object among the forms that a value may have: keys are being written, so it is one. */
function objectForm(schema: Schema): Schema {
  const own = resolve(schema);
  return own.if?.type === 'object' && own.then !== undefined ? resolve(own.then) : own;
}

/** As long as `type` does not say which keys there are, only those that all variants have, and `type` itself. */
function undecided(schema: Schema): Schema {
  const variants = forms(objectForm(schema));
  const common = Object.entries(variants[0]?.properties ?? {}).filter(([key]) =>
    variants.every(({ properties }) => properties?.[key] !== undefined),
  );
  const types = variants.flatMap(
    ({ properties }) => resolve(properties?.type ?? {}).const ?? resolve(properties?.type ?? {}).enum?.[0] ?? [],
  );
  const type: Schema = { ...resolve(variants[0]?.properties?.type ?? {}), const: undefined, enum: types, aliases: {} };
  return { properties: { ...Object.fromEntries(common), type }, required: ['type'] };
}

interface Exclusion {
  readonly not?: { readonly required?: readonly string[] };
}

/** Two keys of which there may be only one: `not: { required: [a, b] }`, or `oneOf` of one required key each. */
function isExcluded(object: Schema & Exclusion, key: string, present: ReadonlySet<string>): boolean {
  const groups = [...(object.not?.required ? [object.not.required] : []), alternatives(object)];
  return groups.some((group) => group.includes(key) && group.some((other) => present.has(other)));
}

function alternatives({ oneOf, discriminator }: Schema): readonly string[] {
  return discriminator === undefined ? (oneOf ?? []).flatMap(({ required }) => required ?? []) : [];
}

function keyProposal(
  request: CompletionRequest,
  key: string,
  property: Schema,
  siblings: unknown,
  required: boolean,
): Proposal {
  const schema = resolve(property);
  const name = literal(JSON.stringify(key));
  return {
    label: key,
    kind: CompletionItemKind.Property,
    insert: request.cursor.colonAfter ? name : `${name}: ${valueFor(request, key, schema, siblings)}`,
    filters: schema.synonyms ?? [],
    detail: keySummary(schema),
    documentation: keyDocumentation(key, schema),
    preselect: required,
  };
}

/** A choice of more names than these is not looked through. */
const mostNames = 20;

function valueFor(
  { snapshot, cursor, value }: CompletionRequest,
  key: string,
  schema: Schema,
  siblings: unknown,
): string {
  const isLayer = cursor.path.at(-2) === 'network';
  if (isLayer && key === 'name')
    return `"${placeholder(new TabStops(), innerText(freeName(snapshot, String(childValue(siblings, 'type') ?? 'layer'), cursor.path)))}"`;
  const skeleton = cursor.path.length === 0 ? sectionSkeletons.get(key) : undefined;
  if (skeleton !== undefined) return skeleton;
  const names = isLayer ? earlierNames(snapshot, cursor.path, cursor.token.start, mostNames) : [];
  return keyValueSnippet(schema, siblings, value, names);
}
