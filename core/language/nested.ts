import type { Node } from 'jsonc-parser';
import { canonical } from '../scheme/canonical';
import { nodeAt, spanOf } from '../scheme/document';
import { dataName, type LayerReference } from '../scheme/layers';
import { layerName } from '../scheme/places';
import { layerType } from '../scheme/read';
import { childValue, layerSchemas } from '../scheme/schema';
import type { JsonPath } from '../scheme/types';
import type { Analysis, LayerAnalysis } from '../shape/analyze';
import type { LayerInput } from '../shape/builder';
import { expandLayer } from '../shape/expand';
import type { NetworkLayer } from '../shape/network';
import type { Snapshot } from './snapshot';

/** Blocks within blocks further down are not looked into. */
const mostLevels = 8;

const known = new WeakMap<Analysis, readonly LayerAnalysis[]>();

/**
 * All layers in the order of the text: after each block those inside of it, with the shapes that they have in its first round.
 * A name holds among the layers of one network only; see `networkPath`.
 */
export function allLayers({ analysis }: Pick<Snapshot, 'analysis'>): readonly LayerAnalysis[] {
  const found = known.get(analysis) ?? withInner(analysis);
  known.set(analysis, found);
  return found;
}

/** Path of the innermost network that a path leads into: the scheme's own, or that of a block. */
export function networkPath(path: JsonPath): JsonPath {
  return path.slice(0, path.lastIndexOf('network') + 1);
}

/** Whether a path is that of a layer of this very network. */
export function isIn(network: JsonPath, path: JsonPath): boolean {
  return path.length === network.length + 1 && network.every((segment, index) => path[index] === segment);
}

/** The block that a layer is in; nothing for one of the scheme's own network. */
export function blockAround(snapshot: Snapshot, path: JsonPath): LayerAnalysis | undefined {
  const block = networkPath(path).slice(0, -1);
  if (block.length < 3) return undefined;
  const network = networkPath(block);
  return allLayers(snapshot).find((layer) => isIn(network, layer.path) && layer.path.at(-1) === block.at(-1));
}

function withInner(analysis: Analysis): readonly LayerAnalysis[] {
  const { layers } = analysis;
  if (!layers.some(({ type }) => type === 'block')) return layers;
  const broken = analysis.diagnostics.filter(({ severity }) => severity === 'error').map(({ path }) => path);
  return layers.flatMap((layer) => [layer, ...innerLayers(analysis, broken, layer, mostLevels)]);
}

function innerLayers(
  analysis: Analysis,
  broken: readonly JsonPath[],
  block: LayerAnalysis,
  levels: number,
): readonly LayerAnalysis[] {
  if (block.type !== 'block' || levels === 0) return [];
  const path = [...block.path, 'network'];
  const network = nodeAt(analysis.document.root, path);
  if (network?.type !== 'array') return [];
  const scope = new Scope(analysis, broken, block);
  return (network.children ?? []).flatMap((node, index) => {
    const layer = scope.add(node, childValue(childValue(block.value, 'network'), index), [...path, index]);
    return [layer, ...innerLayers(analysis, broken, layer, levels - 1)];
  });
}

/** What an inner layer came to, by its value: one that is not edited keeps its value. */
const expansions = new WeakMap<object, { readonly key: string; readonly networkLayer: NetworkLayer }>();

/** The layers of one block so far. */
class Scope {
  private readonly outputs = new Map<string, LayerInput>();
  private last = dataName;

  constructor(
    private readonly analysis: Analysis,
    private readonly broken: readonly JsonPath[],
    block: LayerAnalysis,
  ) {
    const shape = block.inputShapes?.[0];
    const vocabulary = block.inputs[0]?.name === dataName ? analysis.scheme?.data.vocabulary : undefined;
    if (shape !== undefined) this.outputs.set(dataName, { id: dataName, name: dataName, shape, vocabulary });
  }

  add(node: Node, value: unknown, path: JsonPath): LayerAnalysis {
    const entry = entryOf(node, value, path, this.last);
    const inputs = entry.inputs.flatMap(({ name }) => this.outputs.get(name) ?? []);
    const inputShapes = inputs.map(({ shape }) => shape);
    this.last = entry.name;
    const isKnown = entry.type !== undefined && inputs.length === entry.inputs.length && inputs.length > 0;
    if (!isKnown || this.isBroken(path)) {
      this.outputs.delete(entry.name);
      return { ...entry, ...(inputs.length === entry.inputs.length ? { inputShapes } : {}) };
    }
    const networkLayer = this.expanded(entry, inputs);
    const { outputShape } = networkLayer;
    this.outputs.set(entry.name, { id: entry.name, name: entry.name, shape: outputShape });
    return { ...entry, inputShapes, outputShape, networkLayer };
  }

  private isBroken(path: JsonPath): boolean {
    return this.broken.some((other) => path.every((segment, index) => other[index] === segment));
  }

  private expanded({ name, type, value, path }: LayerAnalysis, inputs: readonly LayerInput[]) {
    const { value: top } = this.analysis.document;
    const key = JSON.stringify([name, path, inputs, childValue(top, 'data')]);
    const before = typeof value === 'object' && value !== null ? expansions.get(value) : undefined;
    if (before?.key === key) return before.networkLayer;
    const schema = layerSchemas().get(type!)!;
    const settings = canonical(schema, value, top) as Readonly<Record<string, unknown>>;
    const layer = { name, type: type!, inputs: inputs.map((input) => input.name), settings, path };
    const { networkLayer } = expandLayer(layer, inputs, inputs[0]!.shape);
    if (typeof value === 'object' && value !== null) expansions.set(value, { key, networkLayer });
    return networkLayer;
  }
}

function entryOf(node: Node, value: unknown, path: JsonPath, previous: string): LayerAnalysis {
  const name = layerName(value, Number(path.at(-1)));
  const nameNode = nodeAt(node, ['name']);
  const typeNode = nodeAt(node, ['type']);
  return {
    path,
    span: spanOf(node),
    name,
    nameSpan: nameNode?.value === name ? spanOf(nameNode) : undefined,
    type: layerType(value),
    typeSpan: typeNode && spanOf(typeNode),
    value,
    inputs: inputsOf(node, path, previous),
  };
}

function inputsOf(node: Node, path: JsonPath, previous: string): readonly LayerReference[] {
  const list = nodeAt(node, ['inputs']);
  const named = list?.children?.map((child, index) => ({ child, path: [...path, 'inputs', index] }));
  const one = nodeAt(node, ['input']);
  const written = named ?? (one === undefined ? [] : [{ child: one, path: [...path, 'input'] }]);
  const references = written.flatMap(({ child, path: own }) =>
    typeof child.value === 'string' ? [{ name: child.value, span: spanOf(child), path: own }] : [],
  );
  return references.length > 0 || list !== undefined ? references : [{ name: previous, path }];
}
