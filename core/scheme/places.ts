import type { Place } from './diagnose';
import type { Span } from './diagnostics';
import type { SchemeDocument } from './document';
import { defaultLayerName, layerType } from './read';
import { childValue } from './schema';
import { nearestSpan, nodeAt, propertyNodeAt, spanOf } from './tree';
import type { JsonPath } from './types';

/** The name of the layer that a path leads into: as written, or its default. */
export function layerNameAt(path: JsonPath, top: unknown): string | undefined {
  const [model, network, index] = path;
  if (model !== 'model' || network !== 'network' || typeof index !== 'number') return undefined;
  return layerName(path.slice(0, 3).reduce(childValue, top), index);
}

/** Whether a layer has a name of its own. */
export function hasName(value: unknown): boolean {
  const name = childValue(value, 'name');
  return typeof name === 'string' && name !== '';
}

export function layerName(value: unknown, index: number): string {
  if (hasName(value)) return childValue(value, 'name') as string;
  const type = childValue(value, 'type');
  return defaultLayerName(layerType(value) ?? (typeof type === 'string' ? type : 'layer'), index);
}

/** A value as the place of a diagnostic; the nearest enclosing one where it is missing. */
export function placeOf(document: SchemeDocument, path: JsonPath): Place {
  return placeAt(document, path, nearestSpan(document.root, path));
}

/** A key as the place of a diagnostic. */
export function keyPlaceOf(document: SchemeDocument, path: JsonPath): Place {
  const key = propertyNodeAt(document.root, path)?.children?.[0];
  return key ? placeAt(document, path, spanOf(key)) : placeOf(document, path);
}

/** The short place that stands for a whole object: a layer's type, the key that it stands under, or its brace. */
export function headPlaceOf(document: SchemeDocument, path: JsonPath): Place {
  const type = typeof path.at(-1) === 'number' ? nodeAt(document.root, [...path, 'type']) : undefined;
  if (type) return placeAt(document, path, spanOf(type));
  if (propertyNodeAt(document.root, path)) return keyPlaceOf(document, path);
  const { start, end } = nearestSpan(document.root, path);
  return placeAt(document, path, { start, end: Math.min(start + 1, end) });
}

function placeAt(document: SchemeDocument, path: JsonPath, span: Span): Place {
  return { span, path, layer: layerNameAt(path, document.value) };
}
