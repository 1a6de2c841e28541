import type { Node } from 'jsonc-parser';
import { type Hover, MarkupKind, type Position } from 'vscode-languageserver-types';
import { t } from '../l10n';
import type { Span } from '../scheme/diagnostics';
import { childValue, forms, resolve, type Schema, schemaAt } from '../scheme/schema';
import { nodeAround, pathOf, spanOf } from '../scheme/tree';
import type { JsonPath } from '../scheme/types';
import type { LayerAnalysis } from '../shape/analyze';
import { shapeText } from '../shape/shapes';
import { briefDocumentation, isLayerUnion, keyDocumentation, valueDescription } from './documentation';
import { layerAround, layersOfNetwork } from './layers';
import { layerDocumentation, networkTable } from './layerText';
import { batchDocumentation } from './memoryText';
import { blockAround } from './nested';
import { offsetOf, rangeOf, type Snapshot } from './snapshot';
import { code, valueText } from './text';

/** A hover is not a place to scroll in: rows of the network's table beyond this are counted only. */
const mostRows = 40;

/** What the key, value or layer at a position means and comes to. */
export function hoverAt(snapshot: Snapshot, position: Position): Hover | undefined {
  const { root } = snapshot.analysis.document;
  const node = nodeAround(root, offsetOf(snapshot, position));
  if (node === undefined) return undefined;
  const found = isKey(node) ? keyHover(snapshot, node) : valueHover(snapshot, node);
  return found && { contents: { kind: MarkupKind.Markdown, value: found.text }, range: rangeOf(snapshot, found.span) };
}

interface Found {
  readonly text: string;
  readonly span: Span;
}

function keyHover(snapshot: Snapshot, key: Node): Found | undefined {
  const path: JsonPath = pathOf(key);
  const schema = schemaAt(path, snapshot.analysis.document.value);
  if (schema === undefined) return undefined;
  const variants = variantsAt(snapshot, path);
  const documentation = (variants.length > 1 ? briefDocumentation : keyDocumentation)(String(key.value), schema);
  const { network } = snapshot.analysis;
  const table = path.join('.') === 'model.network' && network !== undefined ? networkTable(network, mostRows) : '';
  return {
    text: joined([documentation, variantList(variants), table, costs(snapshot, path)], '\n\n'),
    span: spanOf(key),
  };
}

function valueHover(snapshot: Snapshot, node: Node): Found | undefined {
  const layer = layerMeantBy(snapshot, node);
  if (layer !== undefined) return { text: layerText(snapshot, layer), span: spanOf(node) };
  if (!scalars.has(node.type)) return undefined;
  const path: JsonPath = pathOf(node);
  const key = path.findLast((segment) => typeof segment === 'string');
  const schema = schemaAt(path.slice(0, path.lastIndexOf(key ?? '') + 1), snapshot.analysis.document.value);
  if (schema === undefined || key === undefined) return undefined;
  const parts = [meaningOf(snapshot, node, path, schema), briefDocumentation(String(key), schema)];
  return { text: joined([...parts, costs(snapshot, path)], '\n\n---\n\n'), span: spanOf(node) };
}

function joined(parts: readonly string[], separator: string): string {
  return parts.filter((part) => part !== '').join(separator);
}

function costs(snapshot: Snapshot, path: JsonPath): string {
  return path.join('.') === 'data.batch_size' ? batchDocumentation(snapshot) : '';
}

const scalars: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'null']);

/** The layer whose name or type stands there, or that is named as an input. */
function layerMeantBy(snapshot: Snapshot, { offset, type }: Node): LayerAnalysis | undefined {
  if (type !== 'string') return undefined;
  const layer = layerAround(snapshot, offset);
  if (layer?.nameSpan?.start === offset || layer?.typeSpan?.start === offset) return layer;
  const reference = layer?.inputs.find(({ span }) => span?.start === offset);
  if (layer === undefined || reference === undefined) return undefined;
  const layers = layersOfNetwork(snapshot, layer.path);
  const index = layers.indexOf(reference.name);
  return index === undefined ? undefined : layers.at(index);
}

/** A layer, and for one inside of a block in which round it has these shapes. */
function layerText(snapshot: Snapshot, layer: LayerAnalysis): string {
  const text = layerDocumentation(layer, snapshot.analysis.network);
  const block = blockAround(snapshot, layer.path);
  const rounds = childValue(block?.value, 'repeat');
  if (block === undefined || typeof rounds !== 'number' || rounds < 2) return text;
  return `${text}\n\n${t('In the first of {0} rounds of {1}.', rounds, code(block.name))}`;
}

/** What this very value means here. */
function meaningOf(snapshot: Snapshot, node: Node, path: JsonPath, schema: Schema): string {
  const last = path.at(-1);
  if (typeof last === 'number') return elementMeaning(schema, last, node);
  if (schema.layer) return inputMeaning(snapshot, path);
  if (last === 'dropout' || last === 'rate') return dropoutMeaning(node);
  const variant = variantsAt(snapshot, path).find(({ names }) => names.includes(node.value));
  const meaning = variant?.meaning ?? valueDescription(schema, node.value);
  return meaning === '' ? '' : `${code(valueText(node.value))}: ${meaning}`;
}

/** What a `type` chooses between: the forms of the object that it stands in. */
interface Variant {
  /** The first is the proper one. */
  readonly names: readonly unknown[];
  readonly meaning: string;
}

/** None for layers: those are too many to be listed, and each is told by itself. */
function variantsAt(snapshot: Snapshot, path: JsonPath): readonly Variant[] {
  if (path.at(-1) !== 'type') return [];
  const object = schemaAt(path.slice(0, -1), snapshot.analysis.document.value);
  const variants = object === undefined || isLayerUnion(object) ? [] : forms(object);
  return variants.flatMap(({ properties, description }) => {
    const { enum: words, const: word } = resolve(properties?.type ?? {});
    const names = words ?? (word === undefined ? [] : [word]);
    return names.length === 0 ? [] : [{ names, meaning: description === undefined ? '' : t(description) }];
  });
}

function variantList(variants: readonly Variant[]): string {
  const line = ({ names, meaning }: Variant) => `- ${code(String(names[0]))}${meaning === '' ? '' : `: ${meaning}`}`;
  return variants.length < 2 ? '' : variants.map(line).join('\n');
}

function inputMeaning(snapshot: Snapshot, path: JsonPath): string {
  const block = blockAround(snapshot, path);
  if (block !== undefined) return t('What enters the block: {0}.', code(shapeText(block.inputShapes?.[0] ?? [])));
  return t('The input of the network: {0}.', code(shapeText(snapshot.analysis.scheme?.data.sampleShape ?? [])));
}

/** `height`, where the elements of a list have names. */
function elementMeaning(schema: Schema, index: number, node: Node): string {
  const name = forms(schema).find(({ itemNames }) => itemNames !== undefined)?.itemNames?.[index];
  return name === undefined ? '' : `${code(valueText(node.value))}: ${t(name)}`;
}

function dropoutMeaning({ value }: Node): string {
  if (typeof value !== 'number' || value < 0 || value >= 1) return '';
  const percent = (share: number) => `${Number((share * 100).toPrecision(4))} %`;
  return t('In training {0} of the values are dropped and {1} are kept.', percent(value), percent(1 - value));
}

function isKey(node: Node): boolean {
  return node.parent?.type === 'property' && node.parent.children?.[0] === node;
}
