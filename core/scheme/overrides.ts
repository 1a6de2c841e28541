import { applyEdits, modify } from 'jsonc-parser';
import { parseScheme, type SchemeDocument } from './document';
import { elementPath } from './element';
import { layerName } from './places';
import { childValue } from './schema';
import { nodeAt } from './tree';
import type { JsonPath } from './types';

/**
 * The text of a scheme with some values replaced or added; everything else stays as it is written. A key is a path with dots:
 * `model.learning_rate`; a layer is meant by its name or its place from 0: `model.network.conv_1.channel`,
 * `model.network.0.channel`. A key that leads nowhere is added to the top of the scheme, where it is an unknown key: so that
 * the diagnostics name it.
 */
export function applyOverrides(text: string, overrides: Readonly<Record<string, unknown>>): string {
  return Object.entries(overrides).reduce((result, [key, value]) => applyOverride(result, key, value), text);
}

function applyOverride(text: string, key: string, value: unknown): string {
  const document = parseScheme(text);
  if (document.root?.type !== 'object') return text;
  const path = overridePath(document, key) ?? [key];
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }));
}

/** Where a key leads in a document; `undefined` where something on the way is no object, or there is no such layer. */
function overridePath(document: SchemeDocument, key: string): JsonPath | undefined {
  const network = /^model\.network\.(.+)$/.exec(key)?.[1];
  const path = network === undefined ? key.split('.') : layerPath(document, network);
  if (!path || path.includes('')) return undefined;
  const isThroughObjects = path.every((segment, index) => {
    const container = nodeAt(document.root, path.slice(0, index));
    return !container || container.type === (typeof segment === 'number' ? 'array' : 'object');
  });
  return isThroughObjects ? path : undefined;
}

/** `conv_1.channel`, also where the layer's name has dots itself. */
function layerPath(document: SchemeDocument, key: string): JsonPath | undefined {
  const network = ['model', 'network'].reduce(childValue, document.value);
  const names = Array.isArray(network) ? network.map(layerName) : [];
  const named = names.findIndex((name) => key === name || key.startsWith(`${name}.`));
  if (named >= 0) return [...elementPath(named), ...key.slice(names[named]!.length).split('.').slice(1)];
  const [index, ...rest] = key.split('.');
  const isNumber = /^\d+$/.test(index!) && Number(index) < names.length;
  return isNumber ? [...elementPath(Number(index)), ...rest] : undefined;
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
