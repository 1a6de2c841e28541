import { applyEdits, modify } from 'jsonc-parser';
import { layersText } from '../counts';
import { t } from '../l10n';
import { parseScheme, type SchemeDocument } from './document';
import { elementPath } from './element';
import { nearest } from './nearest';
import { layerName } from './places';
import { childValue } from './schema';
import { unknownKeyText } from './schemaDiagnostics';
import { meantSetting, objectSchemaAt } from './suggest';
import { nodeAt } from './tree';
import type { JsonPath } from './types';
import { listed, quoted, shown, subject, withMeant } from './wording';

/**
 * The text of a scheme with some values replaced or added; everything else stays as it is written. A key is a path with dots:
 * `model.learning_rate`; a layer is meant by its name or its place from 0: `model.network.conv_1.channel`,
 * `model.network.0.channel`. A key that leads nowhere is added to the top of the scheme, where it is an unknown key: so that
 * the diagnostics name it.
 */
export function applyOverrides(text: string, overrides: Readonly<Record<string, unknown>>): string {
  return Object.entries(overrides).reduce((result, [key, value]) => applyOverride(result, key, value), text);
}

/**
 * Why an override leads nowhere in a scheme, with what was probably meant; `undefined` where all lead to a key of the language.
 * Their values are left to the diagnostics, as is a text that is no object.
 */
export function overrideProblem(text: string, overrides: Readonly<Record<string, unknown>>): string | undefined {
  const paths: JsonPath[] = [];
  let result = text;
  for (const [key, value] of Object.entries(overrides)) {
    const document = parseScheme(result);
    if (document.root?.type !== 'object') return undefined;
    const place = placeOfKey(document, key);
    if ('problem' in place) return place.problem;
    paths.push(place.path);
    result = applyOverride(result, key, value);
  }
  // A key may have become one of the language by a later override: of the layer's type, for example.
  const document = parseScheme(result);
  return paths.map((path) => unknownKeyOn(document, path)).find((problem) => problem !== undefined);
}

function applyOverride(text: string, key: string, value: unknown): string {
  const document = parseScheme(text);
  if (document.root?.type !== 'object') return text;
  const place = placeOfKey(document, key);
  const path = 'problem' in place ? [key] : place.path;
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }));
}

type PlaceOfKey = { readonly path: JsonPath } | { readonly problem: string };

/** Where a key leads in a document, or why it leads nowhere. */
function placeOfKey(document: SchemeDocument, key: string): PlaceOfKey {
  const network = /^model\.network\.(.+)$/.exec(key)?.[1];
  const place = network === undefined ? { path: key.split('.') } : placeInNetwork(document, network);
  if ('problem' in place) return place;
  if (place.path.includes('')) return { problem: t('{0} is no key. Write one like {1}.', quoted(key), exampleKey) };
  const closed = place.path.findIndex((_, index) => !canHold(document, place.path, index));
  return closed < 0 ? place : { problem: noKeysIn(document, place.path.slice(0, closed)) };
}

const exampleKey = quoted('model.learning_rate');

/** Whether what stands in a document before a segment of a path is an object or list that can have it, or nothing yet. */
function canHold(document: SchemeDocument, path: JsonPath, index: number): boolean {
  const container = nodeAt(document.root, path.slice(0, index));
  return !container || container.type === (typeof path[index] === 'number' ? 'array' : 'object');
}

function noKeysIn(document: SchemeDocument, path: JsonPath): string {
  const value = path.reduce(childValue, document.value);
  return t('{0} is {1} and has no keys. Set it as a whole.', subject(path, document.value), shown(value));
}

/** `conv_1.channel`, also where the layer's name has dots itself. */
function placeInNetwork(document: SchemeDocument, key: string): PlaceOfKey {
  const network = ['model', 'network'].reduce(childValue, document.value);
  const names = Array.isArray(network) ? network.map(layerName) : [];
  const named = names.findIndex((name) => key === name || key.startsWith(`${name}.`));
  if (named >= 0) return { path: [...elementPath(named), ...key.slice(names[named]!.length).split('.').slice(1)] };
  const [layer, ...rest] = key.split('.');
  const isNumber = /^\d+$/.test(layer!);
  return isNumber && Number(layer) < names.length
    ? { path: [...elementPath(Number(layer)), ...rest] }
    : { problem: isNumber ? noLayerAt(layer!, names) : noLayerCalled(layer!, names) };
}

const noLayerAt = (index: string, names: readonly string[]): string =>
  t('There is no layer {0}: the network has {1}, counted from 0.', index, layersText(names.length));

/** Of a long network nobody reads all names. */
const mostNames = 12;

function noLayerCalled(layer: string, names: readonly string[]): string {
  const none = t('No layer is called {0}.', quoted(layer));
  const meant = nearest(layer, names);
  if (meant !== undefined || names.length === 0) return withMeant(none, meant);
  const more = names.length > mostNames ? ', …' : '';
  return `${none} ${t('There are {0}.', listed(names.slice(0, mostNames)) + more)}`;
}

/** The first key on a path that the language does not have where it stands. */
function unknownKeyOn(document: SchemeDocument, path: JsonPath): string | undefined {
  for (const [index, key] of path.entries()) {
    const owner = path.slice(0, index);
    const schema = typeof key === 'string' ? objectSchemaAt(document, owner) : undefined;
    if (schema?.additionalProperties !== false || Object.hasOwn(schema.properties ?? {}, key)) continue;
    return unknownKeyText(document, owner, String(key), meantSetting(document, owner, String(key)));
  }
  return undefined;
}

/**
 * What `--set model.learning_rate=0.01` says; `undefined` where there is no key before an `=`. A value that is JSON is that
 * value (`0.01`, `true`, `[3, 3]`), anything else is text.
 */
export function parseOverride(argument: string): { readonly key: string; readonly value: unknown } | undefined {
  const [, key, value] = /^([^=\s]+)=([\s\S]*)$/.exec(argument) ?? [];
  return key === undefined || value === undefined ? undefined : { key, value: jsonOrText(value) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
