import { t } from '../l10n';
import { diagnose } from './diagnose';
import type { Diagnostic, Fix } from './diagnostics';
import type { SchemeDocument } from './document';
import { replaceNode } from './edits';
import { addKey, correct, renameKey } from './fixes';
import { nearest } from './nearest';
import { headPlaceOf, keyPlaceOf, placeOf } from './places';
import { childValue, forms, resolve, schemaAt, tagNames } from './schema';
import { activationNamed, meantLayerType, meantValue } from './suggest';
import { keysOf, nodeAt } from './tree';
import type { JsonPath } from './types';
import { eitherOf, listed, owner, quoted, shown, subject, withMeant } from './wording';

/** The key that decides about the rest of an object (`type`) is missing, is no text, or names nothing that there is. */
export function tagDiagnostic(document: SchemeDocument, path: JsonPath, key: string): Diagnostic {
  const tag = [...path, key];
  const value = tag.reduce(childValue, document.value);
  const isLayer = typeof path.at(-1) === 'number' && path.at(-2) === 'network';
  const branches = forms(schemaAt(path, document.value) ?? {}).filter((form) => form.properties?.[key]);
  const names = branches.map((branch) => tagNames(branch, key)[0]!);
  const kinds = isLayer ? t('a layer type, {0} for example', '"conv2d_set"') : eitherOf(names.map(quoted));
  if (!nodeAt(document.root, tag)) return missingTag(document, path, key, kinds);
  if (isLayer && typeof value === 'string') return unknownLayerType(document, tag, value, names);
  const meant = meantValue(
    value,
    branches.map((branch) => resolve(branch.properties![key]!)),
  );
  const message = t('{0} must be {1}, not {2}.', subject(tag, document.value), kinds, shown(value));
  const fixes = meant !== undefined ? correct(document, tag, meant) : [];
  return diagnose('scheme/unknown-value', placeOf(document, tag), withMeant(message, meant), { fixes });
}

function missingTag(document: SchemeDocument, path: JsonPath, key: string, kinds: string): Diagnostic {
  const needs = t('{0} needs the key {1}: {2}.', owner(path, document.value), quoted(key), kinds);
  const misspelt = keysOf(nodeAt(document.root, path)).find((other) => nearest(other, [key]));
  if (misspelt === undefined)
    return diagnose('scheme/missing-key', headPlaceOf(document, path), needs, { fixes: addTag(document, path, key) });
  const message = withMeant(t('{0} has no key {1}.', owner(path, document.value), quoted(misspelt)), key);
  const place = keyPlaceOf(document, [...path, misspelt]);
  return diagnose('scheme/unknown-key', place, message, { fixes: renameKey(document, place.path, key) });
}

/** More than these would be no help. */
const mostTags = 3;

/** The forms that have all the keys that are there, and miss none. */
function addTag(document: SchemeDocument, path: JsonPath, key: string): Fix[] {
  const keys = keysOf(nodeAt(document.root, path));
  const branches = forms(schemaAt(path, document.value) ?? {}).filter(({ properties, required = [] }) => {
    const isComplete = required.every((one) => one === key || keys.includes(one));
    return isComplete && keys.every((one) => properties !== undefined && Object.hasOwn(properties, one));
  });
  const telling = keys.some((one) => one !== 'name' && one !== 'input');
  return telling
    ? branches.slice(0, mostTags).flatMap((branch) => addKey(document, path, key, tagNames(branch, key)[0]))
    : [];
}

function unknownLayerType(
  document: SchemeDocument,
  path: JsonPath,
  type: string,
  known: readonly string[],
): Diagnostic {
  const place = placeOf(document, path);
  const meant = meantLayerType(type, known);
  const activation = meant === undefined ? activationNamed(type) : undefined;
  if (activation) return activationAsType(document, path, type, activation);
  const isNone = t('{0} is no layer type.', quoted(type));
  const message = meant ? withMeant(isNone, meant) : `${isNone} ${t('There are {0}.', listed(known))}`;
  return diagnose('scheme/unknown-type', place, message, { fixes: correct(document, path, meant) });
}

/** Other tools have a layer type for each activation. */
function activationAsType(document: SchemeDocument, path: JsonPath, type: string, activation: string): Diagnostic {
  const node = nodeAt(document.root, path)!;
  const layer = `"type": "activation", "activation": ${quoted(activation)}`;
  const message = t('{0} is no layer type, but an activation. Write it as {1}.', quoted(type), layer);
  const changes = [replaceNode(node, layer.slice('"type": '.length))];
  const isFree = !keysOf(nodeAt(document.root, path.slice(0, -1))).includes('activation');
  const fixes = isFree ? [{ title: t('Change to {0}', layer), changes, preferred: true }] : [];
  return diagnose('scheme/unknown-type', placeOf(document, path), message, { fixes });
}
