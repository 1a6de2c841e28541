import type { Span } from './diagnostics';

/** Something that stands in a text like a value, as far as brackets outside of strings and comments tell. */
export interface ScannedValue extends Span {
  /** Colons outside of strings: as many as keys where the value is strict JSON. */
  readonly colons: number;
  /** A bracket of it is missing: it ends where what follows cannot belong to it. */
  readonly isTorn: boolean;
}

/**
 * The object that begins at an offset; nothing if it does not end. One that lacks a bracket ends before the next object that
 * stands where a key belongs, at a brace that closes more than was opened last, or before a bracket on a line of its own.
 */
export function scanObject(text: string, start: number): ScannedValue | undefined {
  return new ObjectScanner(text, start).scan();
}

/** What the brackets that are open are: of an object it is known whether a key comes next. */
const [objectBeforeKey, objectBehindKey, array] = [0, 1, 2];

/** No element that means something is nested like this; one that is, is left to the parser, which knows how much it can read. */
const deepest = 200;

class ObjectScanner {
  private readonly open: number[] = [];
  private offset: number;
  private colons = 0;
  private isTorn = false;
  /** The last comma between the object's own keys. */
  private comma = -1;

  constructor(
    private readonly text: string,
    private readonly start: number,
  ) {
    this.offset = start;
  }

  scan(): ScannedValue | undefined {
    const { text, open } = this;
    for (; this.offset < text.length; this.offset++) {
      switch (text.charCodeAt(this.offset)) {
        case quote:
          this.offset = stringEnd(text, this.offset) - 1;
          break;
        case slash:
          this.offset = Math.max(this.offset, (commentEnd(text, this.offset) ?? 0) - 1);
          break;
        case comma:
          if (open.at(-1) === objectBehindKey) open[open.length - 1] = objectBeforeKey;
          if (open.length === 1) this.comma = this.offset;
          break;
        case colon:
          this.colons++;
          if (open.at(-1) === objectBeforeKey) open[open.length - 1] = objectBehindKey;
          break;
        case braceOpen: {
          const end = this.opensAnother();
          if (end !== undefined) return this.until(end);
          open.push(objectBeforeKey);
          if (open.length > deepest) return undefined;
          break;
        }
        case bracketOpen:
          open.push(array);
          if (open.length > deepest) return undefined;
          break;
        case braceClose:
          this.closeObject();
          if (open.length === 0) return this.until(this.offset + 1);
          break;
        case bracketClose: {
          const end = this.closesAnother();
          if (end !== undefined) return this.until(end);
          break;
        }
      }
    }
    return undefined;
  }

  private until(end: number): ScannedValue {
    return { start: this.start, end, colons: this.colons, isTorn: this.isTorn };
  }

  /** An object where a key belongs is the next element of the list around: the object before it is not closed. */
  private opensAnother(): number | undefined {
    const { open } = this;
    if (open.at(-1) !== objectBeforeKey) return undefined;
    if (open.length > 1) {
      if (open.at(-2) === array) {
        this.isTorn = true;
        open.pop();
      }
      return undefined;
    }
    this.isTorn = true;
    // Between the end and what is seen behind it there are blanks, comments and one comma, and nothing else.
    const isBehindComma = this.comma >= 0 && beyondBlanks(this.text, this.comma + 1) === this.offset;
    return blanksBefore(this.text, isBehindComma ? this.comma : this.offset, this.start + 1);
  }

  /** Closes lists that were left open inside as well. */
  private closeObject(): void {
    const { open } = this;
    while (open.at(-1) === array) {
      this.isTorn = true;
      open.pop();
    }
    open.pop();
  }

  /** Where the object ends if the bracket is not one of its own; one too many in the midst of a line is passed over. */
  private closesAnother(): number | undefined {
    const { open, text } = this;
    if (open.at(-1) === array) open.pop();
    else if (open.includes(array)) {
      this.isTorn = true;
      open.length = open.lastIndexOf(array);
    } else {
      this.isTorn = true;
      const before = blanksBefore(text, this.offset, this.start + 1);
      if (!text.slice(before, this.offset).includes('\n')) return undefined;
      return text.charCodeAt(before - 1) === comma ? blanksBefore(text, before - 1, this.start + 1) : before;
    }
    return undefined;
  }
}

/** Where the blanks before an offset begin. */
function blanksBefore(text: string, offset: number, least: number): number {
  let start = offset;
  while (start > least && isBlank(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Behind the closing quote; a string that is left open ends with its line. */
export function stringEnd(text: string, start: number): number {
  let offset = start + 1;
  for (; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === quote) return offset + 1;
    if (code === backslash) offset++;
    else if (code === lineFeed || code === carriageReturn) return offset;
  }
  return Math.min(offset, text.length);
}

/** Behind a word or number. */
export function wordEnd(text: string, start: number): number {
  let offset = start;
  while (offset < text.length && !isSeparator(text.charCodeAt(offset))) offset++;
  return offset;
}

/** The next offset that is neither blank nor in a comment. */
export function beyondBlanks(text: string, start: number, comments: Span[] = []): number {
  let offset = start;
  for (;;) {
    const code = text.charCodeAt(offset);
    const end = code === slash ? commentEnd(text, offset) : undefined;
    if (end !== undefined) {
      comments.push({ start: offset, end });
      offset = end;
    } else if (isBlank(code)) offset++;
    else return offset;
  }
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

function isBlank(code: number): boolean {
  return code === space || code === tab || code === lineFeed || code === carriageReturn;
}

function isSeparator(code: number): boolean {
  return isBlank(code) || code === comma || code === colon || code === quote || code === slash || isBracket(code);
}

function isBracket(code: number): boolean {
  return code === braceOpen || code === braceClose || code === bracketOpen || code === bracketClose;
}

const [tab, lineFeed, carriageReturn, space, backslash] = [9, 10, 13, 32, 92];
export const [quote, asterisk, comma, slash, colon] = [34, 42, 44, 47, 58];
export const [bracketOpen, bracketClose, braceOpen, braceClose] = [91, 93, 123, 125];
