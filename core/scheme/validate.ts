import type { ErrorObject } from 'ajv';
import validator from '../../schemas/model_scheme.schema.json?validator';
import type { Diagnostic } from './diagnostics';
import type { SchemeDocument } from './document';
import { type SchemaError, schemaDiagnostic } from './schemaDiagnostics';
import { meantKey } from './suggest';
import { keysOf, nodeAt } from './tree';
import type { JsonPath } from './types';
import { withNetwork } from './values';

export interface Validation {
  /** One for each slip, none for what only follows from another. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every value that is not as the schema wants it, also where no diagnostic says so. */
  readonly invalid: readonly JsonPath[];
}

/** The errors of one layer, as the validator gives them. */
export type LayerErrors = readonly ErrorObject[];

/** Checks the scheme around the network. */
export function validateFrame(document: SchemeDocument, hasElements: boolean): Validation {
  if (document.root === undefined) return { diagnostics: [], invalid: [] };
  // Whatever the stand-in's errors are, they are none of the frame's.
  const value = hasElements ? withNetwork(document.value, [{}]) : document.value;
  if (validator(value)) return { diagnostics: [], invalid: [] };
  return explained(
    document,
    (validator.errors ?? []).filter((error) => !layerPointer.test(error.instancePath)),
  );
}

/** Checks layers of a scheme with a frame of this value; gives the errors by the layers' places in the list. */
export function validateLayers(frame: unknown, layers: readonly unknown[]): ReadonlyMap<number, LayerErrors> {
  const errors = new Map<number, ErrorObject[]>();
  if (layers.length === 0 || validator(withNetwork(frame, layers))) return errors;
  for (const error of validator.errors ?? []) {
    const place = layerPointer.exec(error.instancePath)?.[1];
    if (place === undefined) continue;
    const known = errors.get(Number(place));
    if (known) known.push(error);
    else errors.set(Number(place), [error]);
  }
  return errors;
}

const layerPointer = /^\/model\/network\/(\d+)/;

/**
 * The validator's errors in words.
 *
 * @param index of the layer that all of them are about, which the validator may have seen at another place
 */
export function explained(document: SchemeDocument, found: readonly ErrorObject[], index?: number): Validation {
  if (found.length === 0) return { diagnostics: [], invalid: [] };
  const errors = found.filter((error) => !isStep(error)).map((error) => toError(document, error, index));
  const causes = first(mostTold, errors, (error) => !isConsequence(document, error, errors));
  return { diagnostics: causes.map((error) => schemaDiagnostic(document, error)), invalid: errors.map(invalidPath) };
}

/** Nobody reads more about one part of a scheme; what is left out is told when these are mended. */
const mostTold = 500;

function first<T>(count: number, items: readonly T[], isWanted: (item: T) => boolean): T[] {
  const found: T[] = [];
  for (const item of items) {
    if (found.length === count) break;
    if (isWanted(item)) found.push(item);
  }
  return found;
}

/** Errors that ajv reports on the way to the one that says what is wrong. */
function isStep(error: ErrorObject): boolean {
  return error.keyword === 'if' || /\/oneOf\/\d+\/required$/.test(error.schemaPath);
}

function toError(document: SchemeDocument, error: ErrorObject, index?: number): SchemaError {
  const pointer = error.instancePath;
  const path = pathOf(
    document,
    index === undefined ? pointer : pointer.replace(layerPointer, `/model/network/${index}`),
  );
  return { keyword: error.keyword, path, params: error.params, data: error.data };
}

/** A JSON pointer as a path: whether `3` is an index or a key depends on what it points into. */
function pathOf(document: SchemeDocument, pointer: string): JsonPath {
  const path: (string | number)[] = [];
  for (const segment of pointer.split('/').slice(1)) {
    const inArray = nodeAt(document.root, path)?.type === 'array';
    path.push(inArray ? Number(segment) : segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return path;
}

function invalidPath({ keyword, path, params }: SchemaError): JsonPath {
  if (keyword === 'additionalProperties') return [...path, String(params.additionalProperty)];
  return keyword === 'required' ? [...path, String(params.missingProperty)] : path;
}

function isConsequence(document: SchemeDocument, error: SchemaError, all: readonly SchemaError[]): boolean {
  const missing = missingKey(document, error);
  if (missing === undefined) return false;
  // The key stands there without a value, as a syntax error says.
  if (keysOf(nodeAt(document.root, error.path)).includes(missing)) return true;
  if (error.keyword === 'discriminator') return false;
  return missedKeys(document, all).has(missedKey(error.path, missing));
}

const missed = new WeakMap<readonly SchemaError[], ReadonlySet<string>>();

/** What other errors already say is missing: by the discriminator, or as its misspelling. */
function missedKeys(document: SchemeDocument, all: readonly SchemaError[]): ReadonlySet<string> {
  const known = missed.get(all) ?? new Set(all.slice(0, mostCompared).flatMap((error) => missedBy(document, error)));
  missed.set(all, known);
  return known;
}

/** Keys that are compared with those that are missing: more have no place in a scheme. */
const mostCompared = 20_000;

function missedBy(document: SchemeDocument, { keyword, path, params }: SchemaError): string[] {
  if (keyword === 'discriminator') return [missedKey(path, String(params.tag))];
  if (keyword !== 'additionalProperties') return [];
  const meant = meantKey(document, path, String(params.additionalProperty));
  return meant === undefined ? [] : [missedKey(path, meant)];
}

function missedKey(path: JsonPath, key: string): string {
  return JSON.stringify([...path, key]);
}

function missingKey(document: SchemeDocument, { keyword, path, params }: SchemaError): string | undefined {
  if (keyword === 'required') return String(params.missingProperty);
  const isMissing = keyword === 'discriminator' && !nodeAt(document.root, [...path, String(params.tag)]);
  return isMissing ? String(params.tag) : undefined;
}
