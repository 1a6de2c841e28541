import type { Node } from 'jsonc-parser';
import { t } from '../l10n';
import type { Fix } from './diagnostics';
import { nodeAt, propertyNodeAt, type SchemeDocument } from './document';
import { appendElement, insertProperty, removeElement, removeProperty, replaceNode } from './edits';
import type { JsonPath } from './types';

/** Fixes that belong to more than one diagnostic. Each function gives none where the place does not exist. */

export function changeValue(document: SchemeDocument, path: JsonPath, value: unknown): Fix[] {
  return changeNode(nodeAt(document.root, path), value);
}

export function changeNode(node: Node | undefined, value: unknown): Fix[] {
  if (!node || value === undefined) return [];
  const text = jsonText(value);
  return [{ title: t('Change to {0}', text), changes: [replaceNode(node, text)], preferred: true }];
}

export function renameKey(document: SchemeDocument, path: JsonPath, key: string): Fix[] {
  return changeNode(propertyNodeAt(document.root, path)?.children?.[0], key);
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
  return [{ title: t('Add {0}', `"${key}": ${jsonText(value)}`), changes, preferred: true }];
}

export function appendTo(document: SchemeDocument, path: JsonPath, value: unknown, title: string): Fix[] {
  const array = nodeAt(document.root, path);
  if (array?.type !== 'array') return [];
  return [{ title, changes: [appendElement(document.text, array, jsonText(value))], preferred: true }];
}

/** JSON on one line, with the blanks that people write: `{ "name": "head", "unit": 3 }`, `[3, 3]`. */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${jsonText(member)}`);
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}
