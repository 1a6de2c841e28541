import type { Node } from 'jsonc-parser';
import type { Span } from './diagnostics';
import type { JsonPath } from './types';

/** A list whose elements are found without looking at all of them. */
export interface ListNode extends Node {
  elementAt(index: number): Node | undefined;
  /** Number of elements. */
  readonly count: number;
  /** The element that an offset is in, or that ends there if `orEnds`. */
  elementAround(offset: number, orEnds: boolean): Node | undefined;
}

/** An element that knows its number. */
export interface NumberedNode extends Node {
  readonly index: number;
}

/** The node at a path; where a key stands twice, the last, as in `SchemeDocument.value`. */
export function nodeAt(root: Node | undefined, path: JsonPath): Node | undefined {
  let node = root;
  for (const segment of path) {
    node = typeof segment === 'number' ? elementAt(node, segment) : propertyAt(node, segment)?.children?.[1];
  }
  return node;
}

/** The node of the property (key and value) that a path ends in. */
export function propertyNodeAt(root: Node | undefined, path: JsonPath): Node | undefined {
  const key = path.at(-1);
  return typeof key === 'string' ? propertyAt(nodeAt(root, path.slice(0, -1)), key) : undefined;
}

export function spanOf(node: Node): Span {
  return { start: node.offset, end: node.offset + node.length };
}

/** The keys that stand in an object, also those whose value is still missing. */
export function keysOf(node: Node | undefined): string[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).map((property) => String(property.children?.[0]?.value));
}

/** The value's span, or the nearest enclosing value's. */
export function nearestSpan(root: Node | undefined, path: JsonPath): Span {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node) return spanOf(node);
  }
  return { start: 0, end: 0 };
}

/** The innermost node that an offset is in, or that ends there if `orEnds`. */
export function nodeAround(root: Node | undefined, offset: number, orEnds = false): Node | undefined {
  let node = root && contains(root, offset, orEnds) ? root : undefined;
  for (let inner = node; inner; inner = childAround(inner, offset, orEnds)) node = inner;
  return node;
}

function childAround(node: Node, offset: number, orEnds: boolean): Node | undefined {
  if (isList(node)) return node.elementAround(offset, orEnds);
  return node.children?.find((child) => contains(child, offset, orEnds));
}

function contains({ offset: start, length }: Node, offset: number, orEnds: boolean): boolean {
  return offset >= start && (offset < start + length || (orEnds && offset === start + length));
}

/** Keys and indices from the root to a node; of a key, with itself. */
export function pathOf(node: Node): JsonPath {
  const path: (string | number)[] = [];
  for (let inner = node; inner.parent; inner = inner.parent) {
    const { parent } = inner;
    if (parent.type === 'property') path.unshift(String(parent.children![0]!.value));
    else if (parent.type === 'array') path.unshift(indexOf(parent, inner));
  }
  return path;
}

/** The nodes before and behind a node among its siblings. */
export function neighboursOf(node: Node): { readonly before?: Node; readonly behind?: Node } {
  const { parent } = node;
  if (!parent) return {};
  const index = indexOf(parent, node);
  return { before: childAt(parent, index - 1), behind: childAt(parent, index + 1) };
}

export function lastChild(node: Node): Node | undefined {
  return childAt(node, (isList(node) ? node.count : (node.children?.length ?? 0)) - 1);
}

function indexOf(parent: Node, node: Node): number {
  return isList(parent) ? (node as NumberedNode).index : parent.children!.indexOf(node);
}

function childAt(node: Node, index: number): Node | undefined {
  return isList(node) ? node.elementAt(index) : node.children?.[index];
}

function isList(node: Node): node is ListNode {
  return 'elementAt' in node;
}

function elementAt(node: Node | undefined, index: number): Node | undefined {
  return node?.type === 'array' ? childAt(node, index) : undefined;
}

function propertyAt(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  const { children = [] } = node;
  if (children.length > manyKeys) return keyIndexOf(node).get(key);
  return children.findLast((property) => property.children?.[0]?.value === key);
}

/** An object with more keys is another program's: it is looked through once. */
const manyKeys = 64;
const keyIndices = new WeakMap<Node, ReadonlyMap<string, Node>>();

function keyIndexOf(node: Node): ReadonlyMap<string, Node> {
  const known = keyIndices.get(node);
  if (known) return known;
  const index = new Map(node.children!.map((property) => [String(property.children?.[0]?.value), property]));
  keyIndices.set(node, index);
  return index;
}
