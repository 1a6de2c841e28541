import type { Dimensions, GraphOutline, OutlineNode, OutlineValue, RepeatedBlock } from '../../core/protocol/onnx';

/** A line of the list. `key` tells it from all others, and the vertex of the graph that shows the same has it too. */
export type Row =
  | { readonly key: string; readonly level: 1; readonly kind: 'input' | 'output'; readonly value: OutlineValue }
  | { readonly key: string; readonly level: 1; readonly kind: 'block'; readonly block: Block; readonly isOpen: boolean }
  | {
      readonly key: string;
      readonly level: 2;
      readonly kind: 'repetition';
      readonly block: Block;
      /** Counted from 0. */
      readonly number: number;
      readonly isOpen: boolean;
    }
  | {
      readonly key: string;
      readonly level: 1 | 3;
      readonly kind: 'node';
      readonly place: number;
      readonly node: OutlineNode;
    };

/** A block that repeats, with the places of its nodes in the graph. */
export interface Block {
  readonly key: string;
  readonly repetitions: readonly (readonly number[])[];
}

export interface RowOptions {
  /** Keys of blocks and repetitions that were opened. */
  readonly open: ReadonlySet<string>;
  readonly folds: boolean;
  readonly showsConstants: boolean;
  /** Only nodes in which all of these words occur; nothing is folded then. */
  readonly search: string;
}

export const nodeKey = (place: number): string => `n${place}`;
export const inputKey = (place: number): string => `in${place}`;
export const outputKey = (place: number): string => `out${place}`;
const repetitionKey = (block: Block, number: number): string => `${block.key}.${number}`;

/** The place of a node in its graph; undefined for keys of other rows. */
export function placeOfKey(key: string): number | undefined {
  return /^n\d+$/.test(key) ? Number(key.slice(1)) : undefined;
}

/** What the list shows of a graph: its inputs, nodes with repeated blocks folded, its outputs. */
export function makeRows(outline: GraphOutline, options: RowOptions): Row[] {
  const words = options.search
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const places = outline.nodes.flatMap(({ isConstant }, place) =>
    isConstant && !options.showsConstants ? [] : [place],
  );
  if (words.length > 0)
    return places.filter((place) => matches(outline.nodes[place]!, words)).map((place) => nodeRow(outline, place, 1));
  const inputs = outline.inputs.map((value, at): Row => ({ key: inputKey(at), level: 1, kind: 'input', value }));
  const outputs = outline.outputs.map((value, at): Row => ({ key: outputKey(at), level: 1, kind: 'output', value }));
  return [...inputs, ...foldedRows(outline, places, options), ...outputs];
}

/** The nodes that count for the blocks, in order. */
export function blocksOf({ nodes, blocks }: GraphOutline): Block[] {
  const places = nodes.flatMap(({ isConstant }, place) => (isConstant ? [] : [place]));
  return blocks.map(({ start, length, count }: RepeatedBlock, at) => ({
    key: `b${at}`,
    repetitions: Array.from({ length: count }, (_, number) =>
      places.slice(start + number * length, start + (number + 1) * length),
    ),
  }));
}

/** The keys of the rows that have to be open for a node to be seen. */
export function keysAround(blocks: readonly Block[], place: number): string[] {
  for (const block of blocks) {
    const number = block.repetitions.findIndex((places) => places.includes(place));
    if (number >= 0) return [block.key, repetitionKey(block, number)];
  }
  return [];
}

/** What the names of nodes have in common, as far as names are paths: `blocks.3`. */
export function commonScope(nodes: readonly OutlineNode[]): string {
  const [first = '', ...others] = nodes.map(({ module, name }) => module ?? scopeOfName(name));
  const parts = first.split(/(?<=[./])/);
  let common = '';
  for (const part of parts) {
    const next = common + part;
    const bare = next.replace(/[./]$/, '');
    if (!others.every((other) => other === bare || other.startsWith(`${bare}.`) || other.startsWith(`${bare}/`))) break;
    common = next;
  }
  return common.replace(/[./]$/, '');
}

function scopeOfName(name: string): string {
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
}

function foldedRows(
  outline: GraphOutline,
  places: readonly number[],
  { open, folds, showsConstants }: RowOptions,
): Row[] {
  // Constants stand between the nodes of blocks, which have no room for them.
  const blocks = folds && !showsConstants ? blocksOf(outline) : [];
  const rows: Row[] = [];
  const behind = new Map(blocks.map((block) => [block.repetitions[0]![0]!, block]));
  for (let at = 0; at < places.length; at++) {
    const block = behind.get(places[at]!);
    if (!block) {
      rows.push(nodeRow(outline, places[at]!, 1));
      continue;
    }
    rows.push(...blockRows(outline, block, open));
    at += block.repetitions.length * block.repetitions[0]!.length - 1;
  }
  return rows;
}

function blockRows(outline: GraphOutline, block: Block, open: ReadonlySet<string>): Row[] {
  const isOpen = open.has(block.key);
  const row: Row = { key: block.key, level: 1, kind: 'block', block, isOpen };
  if (!isOpen) return [row];
  const repetitions = block.repetitions.flatMap((places, number): Row[] => {
    const key = repetitionKey(block, number);
    const shown = open.has(key);
    const nodes = shown ? places.map((place) => nodeRow(outline, place, 3)) : [];
    return [{ key, level: 2, kind: 'repetition', block, number, isOpen: shown }, ...nodes];
  });
  return [row, ...repetitions];
}

function nodeRow({ nodes }: GraphOutline, place: number, level: 1 | 3): Row {
  return { key: nodeKey(place), level, kind: 'node', place, node: nodes[place]! };
}

function matches({ name, operator, attributes, module = '', shape }: OutlineNode, words: readonly string[]): boolean {
  const text = [name, operator, attributes, module, shapeText(shape)].join('\n').toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

export function shapeText(shape: Dimensions | undefined): string {
  return shape === undefined ? '' : shape.map((size) => (size === '' ? '?' : size)).join(' × ');
}
