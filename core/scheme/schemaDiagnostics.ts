import { t } from '../l10n';
import { diagnose } from './diagnose';
import type { Diagnostic } from './diagnostics';
import type { SchemeDocument } from './document';
import { addKey, moveKey, remove, renameKey } from './fixes';
import { headPlaceOf, keyPlaceOf } from './places';
import { isRecord, resolve, type Schema } from './schema';
import { homeOf, meantKey, objectSchemaAt } from './suggest';
import { tagDiagnostic } from './tagDiagnostics';
import { nodeAt } from './tree';
import type { JsonPath } from './types';
import { valueDiagnostic } from './valueDiagnostics';
import { expectation, listed, owner, quoted, withMeant } from './wording';

/** An error of the JSON Schema validator, with the path of the value that it is about. */
export interface SchemaError {
  readonly keyword: string;
  readonly path: JsonPath;
  readonly params: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/** The error in words, at the place to be mended, with the change that mends it. */
export function schemaDiagnostic(document: SchemeDocument, error: SchemaError): Diagnostic {
  const { keyword, path, params } = error;
  if (keyword === 'additionalProperties') return unknownKey(document, path, String(params.additionalProperty));
  if (keyword === 'required') return missingKey(document, path, String(params.missingProperty));
  if (keyword === 'discriminator') return tagDiagnostic(document, path, String(params.tag));
  if (keyword === 'oneOf') return inputShape(document, path);
  if (keyword === 'not' && isRecord(error.data)) return twoPoolings(document, path);
  return valueDiagnostic(document, keyword, path, error.data);
}

function unknownKey(document: SchemeDocument, path: JsonPath, key: string): Diagnostic {
  const home = homeOf(path, key);
  const meant = meantKey(document, path, key);
  const message = unknownKeyText(document, path, key, meant);
  const place = keyPlaceOf(document, [...path, key]);
  const rename = meant ? renameKey(document, place.path, meant) : [];
  const mend = home ? moveKey(document, place.path, [home.section], home.key) : rename;
  return diagnose('scheme/unknown-key', place, message, { fixes: [...mend, ...remove(document, place.path)] });
}

/** That the object at a path has no such key: the section where it belongs, the key that was meant, or those that there are. */
export function unknownKeyText(
  document: SchemeDocument,
  path: JsonPath,
  key: string,
  meant: string | undefined,
): string {
  const has = t('{0} has no key {1}.', owner(path, document.value), quoted(key));
  const home = homeOf(path, key);
  if (home) return `${has} ${t('It belongs in {0}.', quoted(home.section))}`;
  if (meant) return withMeant(has, meant);
  const keys = Object.keys(objectSchemaAt(document, path)?.properties ?? {});
  return `${has} ${t('Its keys are {0}.', listed(keys))}`;
}

function missingKey(document: SchemeDocument, path: JsonPath, key: string): Diagnostic {
  const schema = objectSchemaAt(document, path)?.properties?.[key];
  const needs = t('{0} needs the key {1}', owner(path, document.value), quoted(key));
  const message = schema ? `${needs}: ${expectation(schema)}.` : `${needs}.`;
  const fixes = schema ? addKey(document, path, key, exampleOf(schema)) : [];
  return diagnose('scheme/missing-key', headPlaceOf(document, path), message, { fixes });
}

/** A value to begin with, of the kind that the schema wants. */
function exampleOf(schema: Schema): unknown {
  const { examples, default: fixed, properties, required } = resolve(schema);
  if (examples) return examples[0];
  if (fixed !== undefined) return fixed;
  if (!properties) return undefined;
  const keys = (required ?? []).filter((key) => exampleOf(properties[key]!) !== undefined);
  return Object.fromEntries(keys.map((key) => [key, exampleOf(properties[key]!)]));
}

/** `data` has none, or both, of `image_size` and `input_size`. */
function inputShape(document: SchemeDocument, path: JsonPath): Diagnostic {
  const [image, input] = [
    [...path, 'image_size'],
    [...path, 'input_size'],
  ] as const;
  if (nodeAt(document.root, image) && nodeAt(document.root, input)) {
    const message = t('Only one of {0} and {1} can hold. Remove the other.', '"image_size"', '"input_size"');
    const fixes = [...remove(document, input), ...remove(document, image)];
    return diagnose('scheme/input-shape', keyPlaceOf(document, input), message, { fixes });
  }
  const message = t('{0} needs {1} for pictures, or {2} for anything else.', '"data"', '"image_size"', '"input_size"');
  const fixes = [...addKey(document, path, 'image_size', [30, 30, 1]), ...addKey(document, path, 'input_size', [16])];
  return diagnose('scheme/input-shape', headPlaceOf(document, path), message, { fixes });
}

function twoPoolings(document: SchemeDocument, path: JsonPath): Diagnostic {
  const [max, average] = [
    [...path, 'maxpooling'],
    [...path, 'average_pooling'],
  ] as const;
  const message = t(
    'A set has one pooling: remove {0} or {1}, or write the second as a layer of its own.',
    '"maxpooling"',
    '"average_pooling"',
  );
  const fixes = [...remove(document, average), ...remove(document, max)];
  return diagnose('scheme/two-poolings', keyPlaceOf(document, average), message, { fixes });
}
