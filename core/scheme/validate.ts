import type { ErrorObject } from 'ajv';
import validator from '../../schemas/model_scheme.schema.json?validator';
import type { Diagnostic } from './diagnostics';
import { keysOf, nodeAt, type SchemeDocument } from './document';
import { type SchemaError, schemaDiagnostic } from './schemaDiagnostics';
import { meantKey } from './suggest';
import type { JsonPath } from './types';

/** Checks a document against the JSON Schema: one diagnostic for each slip, none for what only follows from another. */
export function validate(document: SchemeDocument): Diagnostic[] {
  if (document.root === undefined || validator(document.value)) return [];
  const errors = (validator.errors ?? []).filter((error) => !isStep(error)).map((error) => toError(document, error));
  const causes = errors.filter((error) => !isConsequence(document, error, errors));
  return causes.map((error) => schemaDiagnostic(document, error));
}

/** Errors that ajv reports on the way to the one that says what is wrong. */
function isStep(error: ErrorObject): boolean {
  return error.keyword === 'if' || /\/oneOf\/\d+\/required$/.test(error.schemaPath);
}

function toError(document: SchemeDocument, error: ErrorObject): SchemaError {
  return { keyword: error.keyword, path: pathOf(document, error.instancePath), params: error.params, data: error.data };
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

function isConsequence(document: SchemeDocument, error: SchemaError, all: readonly SchemaError[]): boolean {
  if (error.keyword !== 'required') return false;
  const missing = String(error.params.missingProperty);
  // The key stands there without a value (a syntax error says so), or the discriminator asks for it too.
  if (keysOf(nodeAt(document.root, error.path)).includes(missing)) return true;
  const neighbours = all.filter((other) => samePath(other.path, error.path));
  return neighbours.some(
    (other) =>
      (other.keyword === 'discriminator' && other.params.tag === missing) ||
      (other.keyword === 'additionalProperties' &&
        meantKey(document, error.path, String(other.params.additionalProperty)) === missing),
  );
}

function samePath(one: JsonPath, other: JsonPath): boolean {
  return one.length === other.length && one.every((segment, index) => segment === other[index]);
}
