import type { Node } from 'jsonc-parser';
import { t } from '../l10n';
import type { Fix } from './diagnostics';
import type { SchemeDocument } from './document';
import { appendElement, insertProperty, removeElement, removeProperty, replaceNode } from './edits';
import { jsonText } from './jsonText';
import { nodeAt, propertyNodeAt } from './tree';
import type { JsonPath } from './types';

/**
 * Fixes that belong to more than one diagnostic. Each function gives none where the place does not exist. A guess about what
 * the author wants is never `preferred`: those are applied when a person asks to fix everything.
 */

/** The right spelling of what stands there. */
export function correct(document: SchemeDocument, path: JsonPath, value: unknown): Fix[] {
  return changeValue(document, path, value).map((fix) => ({ ...fix, preferred: true }));
}

/** Another value, which the author may want. */
export function changeValue(document: SchemeDocument, path: JsonPath, value: unknown): Fix[] {
  const node = nodeAt(document.root, path);
  return node && value !== undefined ? [changeNode(node, value)] : [];
}

export function changeNode(node: Node, value: unknown): Fix {
  const text = jsonText(value);
  return { title: t('Change to {0}', text), changes: [replaceNode(node, text)] };
}

export function renameKey(document: SchemeDocument, path: JsonPath, key: string): Fix[] {
  const node = propertyNodeAt(document.root, path)?.children?.[0];
  return node ? [{ ...changeNode(node, key), preferred: true }] : [];
}

/** Removes a key, or an element of a list. */
export function remove(document: SchemeDocument, path: JsonPath, preferred = false): Fix[] {
  const property = propertyNodeAt(document.root, path);
  const element = typeof path.at(-1) === 'number' ? nodeAt(document.root, path) : undefined;
  const choice = preferred ? { preferred } : {};
  if (property) {
    const changes = [removeProperty(document.text, property)];
    return [{ title: t('Remove {0}', `"${path.at(-1)}"`), changes, ...choice }];
  }
  if (!element) return [];
  return [{ title: t('Remove this layer'), changes: [removeElement(document.text, element)], ...choice }];
}

/** Gives a key of the object at a path a value, whether the key is there or not. */
export function setKey(document: SchemeDocument, object: JsonPath, key: string, value: unknown): Fix[] {
  const path = [...object, key];
  return nodeAt(document.root, path) ? changeValue(document, path, value) : addKey(document, object, key, value);
}

export function addKey(document: SchemeDocument, path: JsonPath, key: string, value: unknown): Fix[] {
  const object = nodeAt(document.root, path);
  if (object?.type !== 'object' || value === undefined) return [];
  const changes = [insertProperty(document.text, object, key, jsonText(value))];
  return [{ title: t('Add {0}', `"${key}": ${jsonText(value)}`), changes }];
}

/** Moves a key with its value into another object, where it is called so. */
export function moveKey(document: SchemeDocument, path: JsonPath, object: JsonPath, key: string): Fix[] {
  const property = propertyNodeAt(document.root, path);
  const value = property?.children?.[1];
  const target = nodeAt(document.root, object);
  if (!property || !value || target?.type !== 'object' || nodeAt(target, [key])) return [];
  const text = document.text.slice(value.offset, value.offset + value.length);
  const changes = [removeProperty(document.text, property), insertProperty(document.text, target, key, text)];
  return [{ title: t('Move it to {0}', `"${object.at(-1)}"`), changes, preferred: true }];
}

export function appendTo(document: SchemeDocument, path: JsonPath, value: unknown, title: string): Fix[] {
  const array = nodeAt(document.root, path);
  if (array?.type !== 'array') return [];
  return [{ title, changes: [appendElement(document.text, array, jsonText(value))], preferred: true }];
}
