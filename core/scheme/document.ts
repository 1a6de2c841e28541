import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { t } from '../l10n';
import { diagnose } from './diagnose';
import type { Diagnostic, Span } from './diagnostics';
import { syntaxDiagnostics } from './syntax';
import type { JsonPath } from './types';

/**
 * The text of a scheme as a tree. Spans are offsets in `text`, in UTF-16 code units. A broken text has a tree too, of what
 * could be read; only a text without any value has no root.
 */
export interface SchemeDocument {
  readonly text: string;
  readonly root?: Node;
  /** What the text says, as plain values; where a key stands twice, the last. `undefined` without a root. */
  readonly value: unknown;
  /** Errors of the JSON itself, and what is untidy in it: comments, trailing commas, repeated keys. */
  readonly diagnostics: readonly Diagnostic[];
  /** The elements of the network that end before an offset, where it is known that they are whole. */
  elementsBefore?(offset: number): { readonly span: Span; readonly count: number } | undefined;
}

/** Reads JSON with comments and trailing commas; never throws. */
export function parseScheme(text: string): SchemeDocument {
  try {
    const errors: ParseError[] = [];
    // A byte order mark is no JSON, but editors and shells write it.
    const readable = text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text;
    const root = parseTree(readable, errors, { disallowComments: true, allowEmptyContent: true });
    const value = root && getNodeValue(root);
    return { text, root, value, diagnostics: syntaxDiagnostics(readable, root, errors) };
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(text);
    throw error;
  }
}

/** The parser is recursive: only brackets nested thousands of times over end here. */
function tooDeep(text: string): SchemeDocument {
  const message = t('The brackets are nested too deeply to be read. Close the ones that were left open.');
  const place = { span: { start: 0, end: Math.min(1, text.length) }, path: [] };
  return { text, value: undefined, diagnostics: [diagnose('scheme/syntax', place, message)] };
}

/** Files that are schemes by their name; any JSON file whose `$schema` names ours is one too. */
export function isSchemeFileName(name: string): boolean {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).toLowerCase();
  return /^model_scheme.*\.json$|\.model_scheme\.json$|\.scheme\.json$/.test(base);
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

function elementAt(node: Node | undefined, index: number): Node | undefined {
  return node?.type === 'array' ? node.children?.[index] : undefined;
}

function propertyAt(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.findLast((property) => property.children?.[0]?.value === key);
}
