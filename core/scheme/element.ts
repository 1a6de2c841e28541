import { getNodeValue, type Node, type NodeType, type ParseError, parseTree } from 'jsonc-parser';
import type { Diagnostic } from './diagnostics';
import { type ScannedValue, scanObject } from './scan';
import { syntaxDiagnostics } from './syntax';
import type { JsonPath } from './types';

/** One element of the network, read by itself. Every offset is relative to its start, and every path that of the first one. */
export interface Element {
  readonly text: string;
  readonly type: NodeType;
  readonly value: unknown;
  /** Errors of the JSON, and what is untidy in it. */
  readonly diagnostics: readonly Diagnostic[];
  /** Whether its text alone says what it is. */
  readonly isSound: boolean;
  /** A bracket of it is missing. */
  readonly isTorn: boolean;
  /** Whether its text is JSON to the letter. */
  readonly isStrict: boolean;
  /** The element's tree, made anew each time: it is large, and seldom looked at. */
  node(): Node;
}

/** The network's element in a scheme: its path and that of everything in it. */
export function elementPath(index: number): JsonPath {
  return ['model', 'network', index];
}

/**
 * Reads a value that ends where the text ends. Nothing where it does not: then what follows belongs to it as well, and only
 * the whole document can be read.
 */
export function readElement(
  text: string,
  { colons, isTorn }: Pick<ScannedValue, 'colons' | 'isTorn'>,
): Element | undefined {
  const source = detached(text);
  const value = isTorn ? undefined : strictValue(source, colons);
  if (value !== undefined) return new ReadElement(source, value, [], true, false);
  const errors: ParseError[] = [];
  const node = parsed(source, errors);
  if (!node || (!isTorn && !isWhole(node, source))) return undefined;
  return new ReadElement(
    source,
    getNodeValue(node),
    syntaxDiagnostics(source, node, errors, elementPath(0)),
    false,
    isTorn,
  );
}

/** An element of a document that can only be read whole: what is wrong with its text, that document says. */
export function elementFrom(document: string, node: Node): Element {
  const text = document.slice(node.offset, node.offset + Math.max(node.length, 0));
  const scanned = node.type === 'object' && node.length > 0 ? scanObject(text, 0) : undefined;
  const isWhole = scanned?.end === text.length && !scanned.isTorn;
  const element = isWhole ? readElement(text, scanned) : undefined;
  return element
    ? new ReadElement(element.text, element.value, [], element.isStrict, false)
    : new BrokenElement(text, getNodeValue(node), movedNode(node, -node.offset));
}

function isWhole(node: Node, text: string): boolean {
  return node.offset === 0 && node.length === text.length;
}

/** A copy of a tree that stands elsewhere. */
export function movedNode(node: Node, by: number, parent?: Node): Node {
  const copy: NodeInMaking = { ...node, offset: node.offset + by, parent };
  if (node.colonOffset !== undefined) copy.colonOffset = node.colonOffset + by;
  if (node.children) copy.children = node.children.map((child) => movedNode(child, by, copy));
  return copy;
}

export type NodeInMaking = { -readonly [Key in keyof Node]: Node[Key] };

/** Keeps its text and no tree: an element may outlive many versions of its document. */
class ReadElement implements Element {
  readonly isSound = true;

  constructor(
    readonly text: string,
    readonly value: unknown,
    readonly diagnostics: readonly Diagnostic[],
    readonly isStrict: boolean,
    readonly isTorn: boolean,
  ) {}

  get type(): NodeType {
    return typeOf(this.value);
  }

  node(): Node {
    return parsed(this.text, [])!;
  }
}

class BrokenElement implements Element {
  readonly isSound = false;
  readonly isTorn = false;
  readonly isStrict = false;
  readonly diagnostics: readonly Diagnostic[] = [];

  constructor(
    readonly text: string,
    readonly value: unknown,
    private readonly tree: Node,
  ) {}

  get type(): NodeType {
    return this.tree.type;
  }

  node(): Node {
    return this.tree;
  }
}

function typeOf(value: unknown): NodeType {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as NodeType);
}

/** A part of a text without the text: engines keep the whole alive for each part of it. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}

/** The value of strict JSON; nothing also where a key stands twice, so that there are fewer keys than colons. */
function strictValue(text: string, colons: number): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return keyCount(value) === colons ? value : undefined;
  } catch {
    return undefined;
  }
}

function keyCount(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += keyCount(item);
    return count;
  }
  for (const key of Object.keys(value)) count += 1 + keyCount((value as Record<string, unknown>)[key]);
  return count;
}

function parsed(text: string, errors: ParseError[]): Node | undefined {
  return parseTree(text, errors, { disallowComments: true, allowEmptyContent: true });
}
