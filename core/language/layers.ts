import type { Span } from '../scheme/diagnostics';
import { dataName } from '../scheme/layers';
import { childValue } from '../scheme/schema';
import type { JsonPath } from '../scheme/types';
import type { AnalyzedLayers, LayerAnalysis } from '../shape/analyze';
import type { Shape } from '../shape/network';
import { blockAround, isIn, layersInside, networkPath } from './nested';
import type { Snapshot } from './snapshot';

/** The innermost layer that an offset is in. */
export function layerAround(snapshot: Snapshot, offset: number): LayerAnalysis | undefined {
  const { placed } = snapshot.analysis;
  const index = placed.lastBefore(offset + 1);
  const layer = index < 0 ? undefined : placed.at(index);
  if (layer === undefined || offset > layer.span.end) return undefined;
  const inside = layersInside(snapshot, layer);
  return inside.findLast(({ span }) => span.start <= offset && offset <= span.end) ?? layer;
}

/** The layers that touch a part of the text, enclosing blocks included. */
export function layersIn(snapshot: Snapshot, { start, end }: Span): readonly LayerAnalysis[] {
  const { placed } = snapshot.analysis;
  const found: LayerAnalysis[] = [];
  for (let index = Math.max(placed.lastBefore(start + 1), 0); index < placed.length; index++) {
    const layer = placed.at(index);
    if (layer.span.start > end) break;
    found.push(
      ...[layer, ...layersInside(snapshot, layer)].filter(({ span }) => span.start <= end && span.end >= start),
    );
  }
  return found;
}

/** The layers of the network that a path leads into or through, in the order of the text. */
export function layersOfNetwork(snapshot: Snapshot, path: JsonPath): Layers {
  const network = networkPath(path);
  const { placed } = snapshot.analysis;
  if (network.length <= 2) return placed;
  const inside = innerLayers(snapshot, network);
  if (inside.length === 0) return noLayers;
  const known = networksOf.get(inside) ?? new Map<string, Layers>();
  networksOf.set(inside, known);
  const place = JSON.stringify(network);
  const layers = known.get(place) ?? asLayers(inside.filter((layer) => isIn(network, layer.path)));
  known.set(place, layers);
  return layers;
}

const noLayers = asLayers([]);

/** The networks among the layers inside of a block, by their paths. */
const networksOf = new WeakMap<readonly LayerAnalysis[], Map<string, Layers>>();

function asLayers(layers: readonly LayerAnalysis[]): Layers {
  const places = new Map<string, number>();
  layers.forEach(({ name }, index) => {
    if (!places.has(name)) places.set(name, index);
  });
  return {
    length: layers.length,
    at: (index) => layers[index]!,
    lastBefore: (offset) => layers.findLastIndex(({ span }) => span.start < offset),
    indexOf: (name) => places.get(name),
  };
}

/** A half-typed text may seem to be inside of a block that there is not. */
function innerLayers(snapshot: Snapshot, network: JsonPath): readonly LayerAnalysis[] {
  const { placed } = snapshot.analysis;
  const index = Number(network[2]);
  return index < placed.length ? layersInside(snapshot, placed.at(index)) : [];
}

type Layers = Pick<AnalyzedLayers, 'length' | 'at' | 'lastBefore' | 'indexOf'>;

export function listOf(layers: Layers): readonly LayerAnalysis[] {
  return Array.from({ length: layers.length }, (_, index) => layers.at(index));
}

/** The nearest layers before an offset, in the network that a path leads into or through; the last one first. */
export function* layersBackFrom(snapshot: Snapshot, path: JsonPath, offset: number): Generator<LayerAnalysis> {
  const layers = layersOfNetwork(snapshot, path);
  for (let index = layers.lastBefore(offset); index >= 0; index--) {
    const layer = layers.at(index);
    if (layer.span.end <= offset) yield layer;
  }
}

/** Names that a layer at the offset may take its input from: the nearest first, the network's input last. */
export function earlierNames(snapshot: Snapshot, path: JsonPath, offset: number, most = Infinity): readonly string[] {
  const names = new Set<string>();
  for (const { name } of layersBackFrom(snapshot, path, offset)) {
    if (names.size >= most) break;
    names.add(name);
  }
  return [...names.add(dataName)];
}

/** What a layer at the offset gets unless it names another input. */
export function shapeBefore(snapshot: Snapshot, path: JsonPath, offset: number): Shape | undefined {
  const before = layersBackFrom(snapshot, path, offset).next();
  if (!before.done) return before.value.outputShape;
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
  const layers = layersOfNetwork(snapshot, path);
  for (let number = 1; ; number++) {
    if (layers.indexOf(`${stem}_${number}`) === undefined) return `${stem}_${number}`;
  }
}
