import type { Span } from '../scheme/diagnostics';
import { childValue } from '../scheme/schema';
import type { JsonPath } from '../scheme/types';
import type { LayerAnalysis } from '../shape/analyze';
import type { Shape } from '../shape/network';
import { allLayers, blockAround, isIn, networkPath } from './nested';
import type { Snapshot } from './snapshot';

/** The innermost layer that an offset is in. Layers stand in the order of the text, a block before what it encloses. */
export function layerAround(layers: readonly LayerAnalysis[], offset: number): LayerAnalysis | undefined {
  let index = firstFrom(layers, offset + 1) - 1;
  while (index >= 0 && offset > (layers[index] as LayerAnalysis).span.end) index--;
  return layers[index];
}

/** The layers that touch a part of the text, enclosing blocks included. */
export function layersIn(layers: readonly LayerAnalysis[], { start, end }: Span): readonly LayerAnalysis[] {
  const found: LayerAnalysis[] = [];
  // The layer of the scheme's own network that the part begins in comes before all that are inside of it.
  let first = firstFrom(layers, start + 1) - 1;
  while (first > 0 && (layers[first] as LayerAnalysis).path.length > 3) first--;
  for (let index = Math.max(first, 0); index < layers.length; index++) {
    const layer = layers[index] as LayerAnalysis;
    if (layer.span.start > end) break;
    if (layer.span.end >= start) found.push(layer);
  }
  return found;
}

/** The first layer that begins at an offset or behind it. */
function firstFrom(layers: readonly LayerAnalysis[], offset: number): number {
  let low = 0;
  let high = layers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((layers[middle] as LayerAnalysis).span.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The layers before an offset, in the network that a path leads into or through. */
export function layersBefore(snapshot: Snapshot, path: JsonPath, offset: number): readonly LayerAnalysis[] {
  const network = networkPath(path);
  return allLayers(snapshot).filter(({ path: own, span }) => span.end <= offset && isIn(network, own));
}

/** Names that a layer at the offset may take its input from: the nearest first, the network's input last. */
export function earlierNames(snapshot: Snapshot, path: JsonPath, offset: number): readonly string[] {
  const names = layersBefore(snapshot, path, offset).map(({ name }) => name);
  return [...new Set([...names.reverse(), 'data'])];
}

/** What a layer at the offset gets unless it names another input. */
export function shapeBefore(snapshot: Snapshot, path: JsonPath, offset: number): Shape | undefined {
  const before = layersBefore(snapshot, path, offset).at(-1);
  if (before !== undefined) return before.outputShape;
  const block = blockAround(snapshot, path);
  return block === undefined ? sampleShape(snapshot) : block.inputShapes?.[0];
}

/** The shape of a sample, also of a scheme that cannot be read whole. */
export function sampleShape({ analysis }: Snapshot): Shape | undefined {
  if (analysis.scheme !== undefined) return analysis.scheme.data.sampleShape;
  const data = childValue(analysis.document.value, 'data');
  const shape = childValue(data, 'image_size') ?? childValue(data, 'input_size');
  return Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size > 0) ? shape : undefined;
}

/** A name that no layer of the path's network has: `conv_3` for the stem `conv` when there are two already. */
export function freeName(snapshot: Snapshot, stem: string, path: JsonPath): string {
  const network = networkPath(path);
  const taken = new Set(
    allLayers(snapshot)
      .filter((layer) => isIn(network, layer.path))
      .map(({ name }) => name),
  );
  for (let number = 1; ; number++) {
    if (!taken.has(`${stem}_${number}`)) return `${stem}_${number}`;
  }
}
