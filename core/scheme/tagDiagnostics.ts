import { t } from '../l10n';
import { diagnose } from './diagnose';
import type { Diagnostic } from './diagnostics';
import { nodeAt, type SchemeDocument } from './document';
import { changeValue } from './fixes';
import { nearest } from './nearest';
import { headPlaceOf, placeOf } from './places';
import { plannedLayerTypes } from './planned';
import { childValue, forms, layerSchemas, schemaAt, tagNames } from './schema';
import { meantLayerType } from './suggest';
import type { JsonPath } from './types';
import { eitherOf, listed, owner, quoted, shown, subject, withMeant } from './wording';

/** The key that decides about the rest of an object (`type`) is missing, is no text, or names nothing that there is. */
export function tagDiagnostic(document: SchemeDocument, path: JsonPath, key: string): Diagnostic {
  const value = [...path, key].reduce(childValue, document.value);
  const isLayer = path.length === 3 && path[1] === 'network';
  const known = isLayer ? [...layerSchemas().keys()] : namesAt(document, path, key);
  const kinds = isLayer ? t('a layer type, {0} for example', '"conv2d_set"') : eitherOf(known.map(quoted));
  const tag = [...path, key];
  if (!nodeAt(document.root, tag)) {
    const message = t('{0} needs the key {1}: {2}.', owner(path, document.value), quoted(key), kinds);
    return diagnose('scheme/missing-key', headPlaceOf(document, path), message);
  }
  if (isLayer && typeof value === 'string') return unknownLayerType(document, tag, value, known);
  const meant = typeof value === 'string' ? nearest(value, known) : undefined;
  const message = t('{0} must be {1}, not {2}.', subject(tag, document.value), kinds, shown(value));
  const fixes = changeValue(document, tag, meant);
  return diagnose('scheme/unknown-value', placeOf(document, tag), withMeant(message, meant), { fixes });
}

function namesAt(document: SchemeDocument, path: JsonPath, key: string): string[] {
  return forms(schemaAt(path, document.value) ?? {})
    .filter((form) => form.properties?.[key])
    .map((form) => tagNames(form, key)[0]!);
}

function unknownLayerType(
  document: SchemeDocument,
  path: JsonPath,
  type: string,
  known: readonly string[],
): Diagnostic {
  const place = placeOf(document, path);
  if (plannedLayerTypes.includes(type)) {
    const message = t('{0} is part of the scheme language, but this version cannot build it yet.', quoted(type));
    return diagnose('scheme/layer-not-supported-yet', place, message);
  }
  const meant = meantLayerType(type, [...known, ...plannedLayerTypes]);
  const isNone = t('{0} is no layer type.', quoted(type));
  const message = meant ? withMeant(isNone, meant) : `${isNone} ${t('There are {0}.', listed(known))}`;
  return diagnose('scheme/unknown-type', place, message, { fixes: changeValue(document, path, meant) });
}
