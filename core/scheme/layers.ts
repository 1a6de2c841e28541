import type { Node } from 'jsonc-parser';
import type { Span } from './diagnostics';
import { nodeAt, type SchemeDocument, spanOf } from './document';
import { defaultLayerName, layerType } from './read';
import { childValue, isRecord } from './schema';
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
  /** Absent where the layer before is meant because nothing is written. */
  readonly span?: Span;
  readonly path: JsonPath;
}

/** The name of the network's input. */
export const dataName = 'data';

/** Every element of the network, also of a broken document. */
export function layerEntries(document: SchemeDocument): LayerEntry[] {
  const network = nodeAt(document.root, ['model', 'network']);
  if (network?.type !== 'array') return [];
  const values = ['model', 'network'].reduce<unknown>(childValue, document.value) as readonly unknown[];
  const entries: LayerEntry[] = [];
  network.children?.forEach((node, index) => {
    entries.push(layerEntry(node, values[index], index, entries.at(-1)?.name ?? dataName));
  });
  return entries;
}

function layerEntry(node: Node, value: unknown, index: number, previous: string): LayerEntry {
  const path = ['model', 'network', index];
  const type = layerType(value);
  const written = childValue(value, 'type');
  const nameNode = nodeAt(node, ['name']);
  const typeNode = nodeAt(node, ['type']);
  const named = typeof nameNode?.value === 'string' && nameNode.value !== '';
  return {
    path,
    span: spanOf(node),
    name: named ? nameNode.value : defaultLayerName(type ?? (typeof written === 'string' ? written : 'layer'), index),
    nameSpan: named ? spanOf(nameNode) : undefined,
    type,
    typeSpan: typeNode && spanOf(typeNode),
    value,
    inputs: isRecord(value) ? references(node, path, previous) : [],
  };
}

function references(node: Node, path: JsonPath, previous: string): LayerReference[] {
  const inputs = nodeAt(node, ['inputs']);
  if (inputs) {
    const names = (inputs.children ?? []).map((child, index) => reference(child, [...path, 'inputs', index]));
    return names.filter((name) => name !== undefined);
  }
  const input = nodeAt(node, ['input']);
  const given = input && reference(input, [...path, 'input']);
  return given ? [given] : [{ name: previous, path }];
}

function reference(node: Node, path: JsonPath): LayerReference | undefined {
  return typeof node.value === 'string' ? { name: node.value, span: spanOf(node), path } : undefined;
}
