import { t } from '../../l10n';
import { diagnose } from '../diagnose';
import type { Diagnostic } from '../diagnostics';
import type { SchemeDocument } from '../document';
import { remove } from '../fixes';
import { dataName } from '../layers';
import { headPlaceOf, layerName, placeOf } from '../places';
import { layerType } from '../read';
import { childValue } from '../schema';
import type { JsonPath } from '../types';
import { quoted } from '../wording';

/** Inside of a block, too, every layer but the last is somebody's input. */
export function unusedInside(document: SchemeDocument, value: unknown, path: JsonPath): Diagnostic[] {
  const layers = layerType(value) === 'block' ? childValue(value, 'network') : undefined;
  if (!Array.isArray(layers)) return [];
  const place = (index: number) => [...path, 'network', index];
  return [
    ...unusedPlaces(layers).map((index) => unused(document, layers[index], place(index))),
    ...layers.flatMap((layer, index) => unusedInside(document, layer, place(index))),
  ];
}

function unused(document: SchemeDocument, layer: unknown, path: JsonPath): Diagnostic {
  const name = layerName(layer, Number(path.at(-1)));
  const message = t('Nobody uses the output of {0}. Name it as an input, or remove the layer.', quoted(name));
  const isNamed = childValue(layer, 'name') !== undefined;
  const place = isNamed ? { ...placeOf(document, [...path, 'name']), path } : headPlaceOf(document, path);
  return diagnose('scheme/unused-output', place, message, { fixes: remove(document, path) });
}

/** None as long as an input may mean any layer. */
function unusedPlaces(layers: readonly unknown[]): number[] {
  const names = layers.map(layerName);
  // Of layers with the same name, which is an error, the first is meant.
  const places = new Map(names.map((name, index) => [name, index] as const).reverse());
  const used = new Set<number>();
  for (const [index, layer] of layers.entries()) {
    for (const source of sourcesOf(layer, index, places)) {
      if (source === undefined) return [];
      used.add(source);
    }
  }
  return names.slice(0, -1).flatMap((_, index) => (used.has(index) ? [] : [index]));
}

/** -1 is what enters the block. */
function sourcesOf(layer: unknown, index: number, places: ReadonlyMap<string, number>): (number | undefined)[] {
  const [inputs, input] = [childValue(layer, 'inputs'), childValue(layer, 'input')];
  const written: readonly unknown[] | undefined = Array.isArray(inputs)
    ? inputs
    : input === undefined
      ? undefined
      : [input];
  return (
    written?.map((name) => {
      const place = name === dataName ? -1 : places.get(String(name));
      return place !== undefined && place < index ? place : undefined;
    }) ?? [index - 1]
  );
}
