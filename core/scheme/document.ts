import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { t } from '../l10n';
import { diagnose } from './diagnose';
import type { Diagnostic, Span } from './diagnostics';
import { syntaxDiagnostics } from './syntax';

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
  /** What of the network around an offset is known to be whole elements. */
  elementsAround?(offset: number): ElementsAround | undefined;
}

/** Whole elements of the network, those that end before an offset and those that begin behind it. */
export interface ElementsAround {
  /** Nothing where none ends before it. */
  readonly before?: { readonly span: Span; readonly count: number };
  /** From the first that begins behind it to the end of the list; nothing where none does. */
  readonly behind?: Span;
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
