import type { Node } from 'jsonc-parser';
import type { Span } from './diagnostics';
import { nodeAt, type SchemeDocument, spanOf } from './document';
import { layerName } from './places';
import { layerType } from './read';
import { childValue } from './schema';
import type { JsonPath } from './types';

/** One element of `model.network`, as far as it can be read. */
export interface LayerEntry {
  readonly path: JsonPath;
  readonly span: Span;
  /** As written, or the default. */
  readonly name: string;
  /** Absent where the name is the default. */
  readonly nameSpan?: Span;
  /** Canonical; absent where it is unknown. */
  readonly type?: string;
  readonly typeSpan?: Span;
  readonly value: unknown;
  readonly inputs: readonly LayerReference[];
}

/** The name of a layer, or `"data"`, that another layer takes its input from. */
export interface LayerReference {
  readonly name: string;
  /** Absent where nothing is written: the layer before is meant. */
  readonly span?: Span;
  readonly path: JsonPath;
}

/** The name of the network's input. */
export const dataName = 'data';

/** Every element of the network, also of a broken document. */
export function layerEntries(document: SchemeDocument): LayerEntry[] {
  const network = nodeAt(document.root, ['model', 'network']);
  if (network?.type !== 'array') return [];
  const values = ['model', 'network'].reduce<unknown>(childValue, document.value);
  const entries: LayerEntry[] = [];
  network.children?.forEach((node, index) => {
    entries.push(layerEntry(node, childValue(values, index), index, entries.at(-1)?.name ?? dataName));
  });
  return entries;
}

function layerEntry(node: Node, value: unknown, index: number, previous: string): LayerEntry {
  const path = ['model', 'network', index];
  const name = layerName(value, index);
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
    inputs: references(node, path, previous),
  };
}

function references(node: Node, path: JsonPath, previous: string): LayerReference[] {
  const inputs = nodeAt(node, ['inputs']);
  if (inputs) return (inputs.children ?? []).flatMap((child, index) => reference(child, [...path, 'inputs', index]));
  const input = nodeAt(node, ['input']);
  const written = input ? reference(input, [...path, 'input']) : [];
  return written.length > 0 ? written : [{ name: previous, path }];
}

function reference(node: Node, path: JsonPath): LayerReference[] {
  return typeof node.value === 'string' ? [{ name: node.value, span: spanOf(node), path }] : [];
}
