import type { Span } from './diagnostics';

/**
 * Where the elements of a scheme's network stand in its text, found without parsing them. There is an outline only of a
 * network whose elements are objects with one comma between each two, as it nearly always is; comments and a comma after the
 * last element do no harm. That an element really ends where its brackets say so is for its own parser to confirm.
 */
export interface Outline {
  /** Offsets of the network's brackets. */
  readonly open: number;
  readonly close: number;
  readonly elements: readonly ElementSpan[];
  /** What stands between the elements and is no JSON. */
  readonly comments: readonly Span[];
  readonly trailingComma?: Span;
}

export interface ElementSpan extends Span {
  /** Colons outside of strings: as many as keys where the element is strict JSON. */
  readonly colons: number;
}

export function outlineOf(text: string): Outline | undefined {
  const opening = /"network"\s*:\s*\[/.exec(text);
  if (!opening) return undefined;
  const open = opening.index + opening[0].length - 1;
  const elements: ElementSpan[] = [];
  const comments: Span[] = [];
  let comma: number | undefined;
  let offset = open + 1;
  for (;;) {
    offset = beyondBlanks(text, offset, comments);
    const code = text.charCodeAt(offset);
    if (code === bracketClose) {
      const trailingComma = comma === undefined ? {} : { trailingComma: { start: comma, end: comma + 1 } };
      return { open, close: offset, elements, comments, ...trailingComma };
    }
    const follows = elements.length === 0 || comma !== undefined;
    if (code === braceOpen && follows) {
      const element = elementAt(text, offset);
      if (!element) return undefined;
      elements.push(element);
      offset = element.end;
      comma = undefined;
    } else if (code === commaCode && !follows) comma = offset++;
    else return undefined;
  }
}

/** The outline after a change inside of one element, which now is `element`. */
export function withElement(outline: Outline, index: number, element: ElementSpan): Outline {
  const by = element.end - outline.elements[index]!.end;
  const { start } = element;
  const moved = <S extends Span>(span: S): S =>
    span.start > start ? { ...span, start: span.start + by, end: span.end + by } : span;
  const elements =
    by === 0
      ? outline.elements.with(index, element)
      : outline.elements.map((other, at) =>
          at > index ? { start: other.start + by, end: other.end + by, colons: other.colons } : other,
        );
  if (by !== 0) elements[index] = element;
  return {
    open: outline.open,
    close: outline.close + by,
    elements,
    comments: by === 0 ? outline.comments : outline.comments.map(moved),
    ...(outline.trailingComma ? { trailingComma: moved(outline.trailingComma) } : {}),
  };
}

/** The object that begins at an offset, as far as brackets outside of strings and comments tell; nothing if it does not end. */
export function elementAt(text: string, start: number): ElementSpan | undefined {
  let depth = 0;
  let colons = 0;
  for (let offset = start; offset < text.length; offset++) {
    switch (text.charCodeAt(offset)) {
      case quote:
        offset = stringEnd(text, offset) - 1;
        break;
      case slash:
        offset = Math.max(offset, (commentEnd(text, offset) ?? 0) - 1);
        break;
      case colon:
        colons++;
        break;
      case braceOpen:
      case bracketOpen:
        if (++depth > deepest) return undefined;
        break;
      case braceClose:
      case bracketClose:
        if (--depth === 0) return { start, end: offset + 1, colons };
    }
  }
  return undefined;
}

/**
 * Where the values of keys of an object stand that are strings, in a text that is strict JSON; nothing at all where a value is
 * none, or where a key is written with an escape: then its parser is to be asked.
 */
export function stringSpans(text: string, keys: readonly string[]): (Span | undefined)[] | undefined {
  const spans: (Span | undefined)[] = keys.map(() => undefined);
  let depth = 0;
  let isKey = true;
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === braceOpen || code === bracketOpen) depth++;
    else if (code === braceClose || code === bracketClose) depth--;
    else if (depth === 1 && code === commaCode) isKey = true;
    else if (depth === 1 && code === colon) isKey = false;
    else if (code === quote) {
      const end = stringEnd(text, offset);
      if (depth === 1 && isKey) {
        const key = text.slice(offset + 1, end - 1);
        if (key.includes('\\')) return undefined;
        const place = keys.indexOf(key);
        const value = place < 0 ? undefined : stringBehindColon(text, end);
        if (place >= 0 && !value) return undefined;
        if (place >= 0) spans[place] = value;
      }
      offset = end - 1;
    }
  }
  return spans;
}

function stringBehindColon(text: string, keyEnd: number): Span | undefined {
  const start = beyondBlanks(text, beyondBlanks(text, keyEnd, []) + 1, []);
  return text.charCodeAt(start) === quote ? { start, end: stringEnd(text, start) } : undefined;
}

/** No element that means something is nested like this; one that is, is left to the parser, which knows how much it can read. */
const deepest = 200;

/** Behind the closing quote; a string that is left open ends with its line. */
function stringEnd(text: string, start: number): number {
  let offset = start + 1;
  for (; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === quote) return offset + 1;
    if (code === backslash) offset++;
    else if (code === lineFeed || code === carriageReturn) return offset;
  }
  return offset;
}

/** Behind a comment that begins here, if one does. */
function commentEnd(text: string, start: number): number | undefined {
  const next = text.charCodeAt(start + 1);
  if (next === slash) return lineEnd(text, start);
  if (next !== asterisk) return undefined;
  const end = text.indexOf('*/', start + 2);
  return end < 0 ? text.length : end + 2;
}

function lineEnd(text: string, start: number): number {
  let offset = start;
  for (; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === lineFeed || code === carriageReturn) break;
  }
  return offset;
}

/** The next offset that is neither blank nor in a comment. */
function beyondBlanks(text: string, start: number, comments: Span[]): number {
  let offset = start;
  for (;;) {
    const code = text.charCodeAt(offset);
    const end = code === slash ? commentEnd(text, offset) : undefined;
    if (end !== undefined) {
      comments.push({ start: offset, end });
      offset = end;
    } else if (code === space || code === tab || code === lineFeed || code === carriageReturn) offset++;
    else return offset;
  }
}

const [tab, lineFeed, carriageReturn, space, quote] = [9, 10, 13, 32, 34];
const [asterisk, commaCode, slash, colon, bracketOpen] = [42, 44, 47, 58, 91];
const [backslash, bracketClose, braceOpen, braceClose] = [92, 93, 123, 125];
