import { type Node, parseTree } from 'jsonc-parser';
import { canonical } from '../scheme/canonical';
import type { Span } from '../scheme/diagnostics';
import { dataName, type LayerReference } from '../scheme/layers';
import { layerName } from '../scheme/places';
import { layerType } from '../scheme/read';
import { childValue, layerSchemas } from '../scheme/schema';
import { nodeAt, spanOf } from '../scheme/tree';
import type { JsonPath } from '../scheme/types';
import type { Analysis, LayerAnalysis } from '../shape/analyze';
import type { LayerInput } from '../shape/builder';
import { expandLayer } from '../shape/expand';
import type { NetworkLayer } from '../shape/network';
import { overlaps, type Snapshot } from './snapshot';

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

/** The layers inside of a block of the scheme's own network, in the order of the text; the same list each time. */
export function layersInside({ analysis }: Pick<Snapshot, 'analysis'>, block: LayerAnalysis): readonly LayerAnalysis[] {
  return block.type === 'block' ? insideOf(contextOf(analysis), block) : none;
}

const none: readonly LayerAnalysis[] = [];

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
  const { placed } = snapshot.analysis;
  if (Number(block[2]) >= placed.length) return undefined;
  const own = placed.at(Number(block[2]));
  if (block.length === 3) return own;
  return layersInside(snapshot, own).find(({ path }) => samePath(path, block));
}

function samePath(one: JsonPath, other: JsonPath): boolean {
  return one.length === other.length && isBelow(one, other);
}

function withInner(analysis: Analysis): readonly LayerAnalysis[] {
  const { layers, placed } = analysis;
  if (!placed.hasBlocks) return layers;
  const context = contextOf(analysis);
  return layers.flatMap((layer) => (layer.type === 'block' ? [layer, ...insideOf(context, layer)] : [layer]));
}

/** What a block's layers depend on beside the block. */
interface Context {
  readonly text: string;
  readonly top: unknown;
  /** The data section, which some defaults depend on, as text. */
  readonly data: string;
  readonly vocabulary: number | undefined;
  /** Where there are errors. */
  readonly broken: readonly JsonPath[];
  /** Where the text is no JSON: values that stand around may be missing. */
  readonly gaps: readonly Span[];
  /** The layers inside of blocks that were asked for, by the number of the block. */
  readonly inside: Map<number, readonly LayerAnalysis[]>;
}

const contexts = new WeakMap<Analysis, Context>();

function contextOf(analysis: Analysis): Context {
  const context = contexts.get(analysis) ?? newContext(analysis);
  contexts.set(analysis, context);
  return context;
}

function newContext({ document, scheme, diagnostics }: Analysis): Context {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return {
    text: document.text,
    top: document.value,
    data: JSON.stringify(childValue(document.value, 'data')) ?? '',
    vocabulary: scheme?.data.vocabulary,
    broken: errors.map(({ path }) => path),
    gaps: errors.filter(({ code }) => code === 'scheme/syntax').map((error) => error.span),
    inside: new Map(),
  };
}

function insideOf(context: Context, block: LayerAnalysis): readonly LayerAnalysis[] {
  const number = Number(block.path[2]);
  const layers = context.inside.get(number) ?? innerLayers(context, block);
  context.inside.set(number, layers);
  return layers;
}

/** The layers of a block by its value, which stays the same as long as the block is not edited. */
const blocks = new WeakMap<object, KnownBlock>();

interface KnownBlock {
  readonly key: string;
  /** With offsets from the beginning of the block. */
  readonly layers: readonly LayerAnalysis[];
}

function innerLayers(context: Context, block: LayerAnalysis): readonly LayerAnalysis[] {
  const { path, span, value, inputShapes, inputs } = block;
  const isTorn = context.gaps.some((gap) => overlaps(gap, span));
  const broken = isTorn ? [path] : context.broken.filter((other) => isBelow(other, path));
  const vocabulary = inputs[0]?.name === dataName ? context.vocabulary : undefined;
  const key = JSON.stringify([path, inputShapes?.[0], vocabulary, broken, context.data]);
  let found = typeof value === 'object' && value !== null ? blocks.get(value) : undefined;
  if (found?.key !== key) {
    const node = parseTree(context.text.slice(span.start, span.end));
    const layers = node === undefined ? [] : layersIn({ ...context, broken, vocabulary }, block, node, mostLevels);
    found = { key, layers };
    if (typeof value === 'object' && value !== null) blocks.set(value, found);
  }
  return found.layers.map((layer) => moved(layer, span.start));
}

function layersIn(context: Context, block: LayerAnalysis, node: Node, levels: number): readonly LayerAnalysis[] {
  const network = nodeAt(node, ['network']);
  if (network?.type !== 'array' || levels === 0) return [];
  const scope = new Scope(context, block);
  return (network.children ?? []).flatMap((child, index) => {
    const value = childValue(childValue(block.value, 'network'), index);
    const layer = scope.add(child, value, [...block.path, 'network', index]);
    const inside = { ...context, vocabulary: undefined };
    return layer.type === 'block' ? [layer, ...layersIn(inside, layer, child, levels - 1)] : [layer];
  });
}

function moved(layer: LayerAnalysis, by: number): LayerAnalysis {
  const place = (span: Span | undefined) => span && { start: span.start + by, end: span.end + by };
  const { span, nameSpan, typeSpan, inputs } = layer;
  return {
    ...layer,
    span: { start: span.start + by, end: span.end + by },
    nameSpan: place(nameSpan),
    typeSpan: place(typeSpan),
    inputs: inputs.map((input) => ({ ...input, span: place(input.span) })),
  };
}

function isBelow(path: JsonPath, above: JsonPath): boolean {
  return above.every((segment, index) => path[index] === segment);
}

/** The layers of one block so far. */
class Scope {
  private readonly outputs = new Map<string, LayerInput>();
  private last = dataName;

  constructor(
    private readonly context: Context,
    { inputShapes }: LayerAnalysis,
  ) {
    const shape = inputShapes?.[0];
    const { vocabulary } = context;
    if (shape !== undefined) this.outputs.set(dataName, { id: dataName, name: dataName, shape, vocabulary });
  }

  add(node: Node, value: unknown, path: JsonPath): LayerAnalysis {
    const entry = entryOf(node, value, path, this.last);
    const inputs = entry.inputs.flatMap(({ name }) => this.outputs.get(name) ?? []);
    const hasInputs = inputs.length === entry.inputs.length && inputs.length > 0;
    this.last = entry.name;
    this.outputs.delete(entry.name);
    if (!hasInputs) return entry;
    const inputShapes = inputs.map(({ shape }) => shape);
    if (entry.type === undefined || this.context.broken.some((other) => isBelow(other, path) || isBelow(path, other)))
      return { ...entry, inputShapes };
    const networkLayer = this.expanded(entry, entry.type, inputs);
    const { outputShape } = networkLayer;
    this.outputs.set(entry.name, { id: entry.name, name: entry.name, shape: outputShape });
    return { ...entry, inputShapes, outputShape, networkLayer };
  }

  private expanded({ name, value, path }: LayerAnalysis, type: string, inputs: readonly LayerInput[]): NetworkLayer {
    const schema = layerSchemas().get(type)!;
    const settings = canonical(schema, value, this.context.top) as Readonly<Record<string, unknown>>;
    const layer = { name, type, inputs: inputs.map((input) => input.name), settings, path };
    return expandLayer(layer, inputs, inputs[0]!.shape).networkLayer;
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
