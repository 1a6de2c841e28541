import { createScanner, type JSONScanner } from 'jsonc-parser';
import type { Span } from '../scheme/diagnostics';
import type { ElementsAround } from '../scheme/document';
import type { JsonPath } from '../scheme/types';
import { contentStart, literalTokens, Token, triviaTokens, unexpectedEndOfString } from './tokens';

/** An object or array around the cursor, with what is known of it although it may be half-typed. */
export interface Container {
  readonly kind: 'object' | 'array' | 'document';
  /** Its key or index in the container that it is in; nothing for the document and its value. */
  readonly segment?: string | number;
  /** Keys of an object on both sides of the cursor, without the one that is being typed; values of scalars. */
  readonly entries: ReadonlyMap<string, string | number | boolean | null | undefined>;
  /** Elements of an array on both sides of the cursor, without the one that is being typed; scalars only. */
  readonly elements: readonly unknown[];
}

/**
 * What could be written at an offset of a text that need not be well-formed: a key, a value, or nothing (inside a comment,
 * or between a key and its colon).
 */
export interface Cursor {
  readonly place: 'key' | 'value' | 'nothing';
  /** What the cursor is in. */
  readonly container: Container;
  /** Everything that the cursor is in: the document first, `container` last. */
  readonly containers: readonly Container[];
  /** Path of what would be written: for a key its object's path, for a value the path that it would have. */
  readonly path: JsonPath;
  /** The word, number or string at the cursor, quotes included: what a completion replaces. Empty between tokens. */
  readonly token: Span;
  /** What stands in the token before the cursor, without the opening quote. */
  readonly prefix: string;
  readonly quoted: boolean;
  /** Where a comma is missing before what would be written: the end of the entry before. */
  readonly commaBefore?: number;
  /** What follows is the next entry without a comma before it. */
  readonly commaAfter: boolean;
  /** A colon follows the key at the cursor. */
  readonly colonAfter: boolean;
}

/** How far behind the cursor the rest of its containers is looked at, not counting elements that are known to be whole. */
const lookAhead = 64 * 1024;

/**
 * Reads the text up to the offset (and somewhat further) token by token; does not need a syntax tree.
 *
 * @param known elements that need not be read again: in a long network nearly all of the text
 */
export function cursorAt(text: string, offset: number, known: ElementsAround = {}): Cursor {
  const reader = new CursorReader(text, offset, known);
  return reader.read();
}

type State = 'key' | 'colon' | 'value' | 'comma';

interface Frame {
  readonly kind: 'object' | 'array' | 'document';
  readonly segment?: string | number;
  readonly entries: Map<string, string | number | boolean | null | undefined>;
  readonly elements: unknown[];
  state: State;
  key: string;
  index: number;
  /** End of the last complete entry. */
  end: number;
}

class CursorReader {
  private readonly scanner: JSONScanner;
  private readonly frames: Frame[] = [newFrame('document')];

  constructor(
    private readonly text: string,
    private readonly offset: number,
    private readonly known: ElementsAround,
  ) {
    this.scanner = createScanner(text, false);
    this.scanner.setPosition(contentStart(text));
  }

  read(): Cursor {
    for (;;) {
      const kind: number = this.scanner.scan();
      const start = this.scanner.getTokenOffset();
      if (kind === Token.end || start >= this.offset) return this.between();
      const { before } = this.known;
      if (start === before?.span.start) {
        this.skip(before);
        continue;
      }
      const end = start + this.scanner.getTokenLength();
      if (isCommentAround(this.text, kind, start, end, this.offset)) return this.nothing();
      if (literalTokens.has(kind) && end >= this.offset) return this.inside(this.tokenSpan(kind, start, end));
      this.consume(kind, start, end);
    }
  }

  private skip({ span, count }: NonNullable<ElementsAround['before']>): void {
    const { frame } = this;
    for (let element = 0; element < count; element++) frame.elements.push(undefined);
    frame.index = count - 1;
    frame.state = 'comma';
    frame.end = span.end;
    this.scanner.setPosition(span.end);
  }

  private get frame(): Frame {
    return this.frames[this.frames.length - 1] as Frame;
  }

  private consume(kind: number, start: number, end: number): void {
    if (kind === Token.openBrace) this.open('object');
    else if (kind === Token.openBracket) this.open('array');
    else if (kind === Token.closeBrace) this.close('object', end);
    else if (kind === Token.closeBracket) this.close('array', end);
    else if (kind === Token.comma) this.comma();
    else if (kind === Token.colon) this.colon();
    else if (literalTokens.has(kind)) this.literal(kind, this.text.slice(start, end), end);
  }

  private open(kind: 'object' | 'array'): void {
    const segment = childSegment(this.frame);
    if (this.frame.kind === 'object') this.frame.entries.set(this.frame.key, undefined);
    this.frames.push(newFrame(kind, segment));
  }

  /** Closes the innermost container of this kind, and with it what was left open inside; ignores a bracket too many. */
  private close(kind: 'object' | 'array', end: number): void {
    const last = this.frames.findLastIndex((frame) => frame.kind === kind);
    if (last < 1) return;
    this.frames.length = last;
    this.finishEntry(undefined, end);
  }

  private finishEntry(value: unknown, end: number): void {
    const frame = this.frame;
    if (frame.kind === 'array') frame.elements.push(value);
    frame.state = 'comma';
    frame.end = end;
  }

  private comma(): void {
    const frame = this.frame;
    if (frame.kind === 'array') frame.index++;
    frame.state = frame.kind === 'object' ? 'key' : 'value';
  }

  /** A string before a colon was a key, even where a value was expected: the value before it is not written yet. */
  private colon(): void {
    const frame = this.frame;
    if (frame.kind !== 'object') return;
    const value = frame.entries.get(frame.key);
    if (frame.state === 'comma' && typeof value === 'string') {
      frame.entries.set(frame.key, undefined);
      frame.key = value;
      frame.entries.set(value, undefined);
    }
    frame.state = 'value';
  }

  private literal(kind: number, source: string, end: number): void {
    const frame = this.frame;
    const value = literalValue(kind, source);
    if (frame.kind === 'object' && frame.state !== 'value') {
      frame.key = String(value);
      frame.entries.set(frame.key, undefined);
      frame.state = 'colon';
      return;
    }
    if (frame.kind === 'object') frame.entries.set(frame.key, value);
    if (frame.kind === 'array' && frame.state === 'comma') frame.index++;
    this.finishEntry(value, end);
  }

  /** An unterminated string ends with the word at the cursor: what follows on its line belongs to somebody else. */
  private tokenSpan(kind: number, start: number, end: number): Span {
    if (kind !== Token.string) return { start, end };
    const terminated = this.scanner.getTokenError() !== unexpectedEndOfString;
    if (terminated && !/[\w$]/.test(this.text.charAt(end))) return { start, end };
    const word = /^[\w$./\\-]*/.exec(this.text.slice(this.offset, end))?.[0] ?? '';
    const unterminated = this.offset + word.length;
    this.scanner.setPosition(unterminated);
    return { start, end: unterminated };
  }

  private inside(token: Span): Cursor {
    const quoted = this.text.charAt(token.start) === '"';
    const prefix = this.text.slice(token.start + (quoted ? 1 : 0), this.offset);
    return this.finish(token, prefix, quoted);
  }

  private between(): Cursor {
    this.scanner.setPosition(this.offset);
    const token = { start: this.offset, end: this.offset };
    if (this.frame.kind === 'object' && this.frame.state === 'colon') return this.nothing();
    const behind = this.frame.kind === 'object' && this.frame.state === 'value' ? this.valueBehind() : undefined;
    if (behind === undefined) return this.finish(token, '', false);
    this.scanner.setPosition(behind.end);
    return behind.isWord ? this.finish({ start: this.offset, end: behind.end }, '', false) : this.nothing();
  }

  /** The value that a key has already, on the line of the cursor: a word or a number can be replaced, an object cannot. */
  private valueBehind(): { readonly end: number; readonly isWord: boolean } | undefined {
    let kind: number = this.scanner.scan();
    while (kind === Token.blanks) kind = this.scanner.scan();
    const end = this.scanner.getTokenOffset() + this.scanner.getTokenLength();
    const isKey = this.nextToken() === Token.colon;
    this.scanner.setPosition(this.offset);
    return isKey || !startsEntry(kind) ? undefined : { end, isWord: literalTokens.has(kind) };
  }

  private finish(token: Span, prefix: string, quoted: boolean): Cursor {
    const frames = [...this.frames];
    const frame = this.frame;
    const next = this.nextToken();
    const colonAfter = frame.kind === 'object' && next === Token.colon && token.end > token.start;
    const place = placeIn(frame, colonAfter, next);
    const missingBefore = frame.state === 'comma' && frame.kind !== 'document';
    const index = frame.index + (missingBefore && frame.kind === 'array' ? 1 : 0);
    const own = place === 'key' ? undefined : childSegment({ ...frame, index });
    const path = [...frames.map(({ segment }) => segment), own].filter((segment) => segment !== undefined);
    const commaBefore = missingBefore ? { commaBefore: frame.end } : {};
    const commaAfter = !colonAfter && startsEntry(next) && frame.kind !== 'document';
    this.readOn(place);
    return {
      place,
      container: frame,
      containers: frames,
      path,
      token,
      prefix,
      quoted,
      ...commaBefore,
      commaAfter,
      colonAfter,
    };
  }

  private nothing(): Cursor {
    const token = { start: this.offset, end: this.offset };
    return { ...this.finish(token, '', false), place: 'nothing' };
  }

  /** The next token that means something, without consuming it. */
  private nextToken(): number {
    const position = this.scanner.getPosition();
    let kind: number = this.scanner.scan();
    while (triviaTokens.has(kind)) kind = this.scanner.scan();
    this.scanner.setPosition(position);
    return kind;
  }

  /** Adds what follows the cursor to the containers' entries. */
  private readOn(place: Cursor['place']): void {
    const frame = this.frame;
    // The entry at the cursor itself is not counted, whatever state it was left in.
    frame.state = place === 'key' ? 'colon' : 'comma';
    if (place === 'key') frame.key = '';
    const { behind } = this.known;
    let until = this.offset + lookAhead;
    for (;;) {
      const kind: number = this.scanner.scan();
      const start = this.scanner.getTokenOffset();
      if (behind && start === behind.start) {
        this.scanner.setPosition(behind.end);
        until += behind.end - behind.start;
        continue;
      }
      if (kind === Token.end || start > until || this.frames.length === 1) break;
      this.consume(kind, start, start + this.scanner.getTokenLength());
    }
    frame.entries.delete('');
  }
}

function newFrame(kind: Frame['kind'], segment?: string | number): Frame {
  const state = kind === 'object' ? 'key' : 'value';
  return { kind, segment, entries: new Map(), elements: [], state, key: '', index: 0, end: 0 };
}

/** Beside the one value of a document nothing can be written. */
function placeIn(frame: Frame, colonAfter: boolean, next: number): Cursor['place'] {
  if (frame.kind === 'object') return frame.state !== 'value' || colonAfter ? 'key' : 'value';
  return frame.kind === 'document' && (frame.state === 'comma' || startsEntry(next)) ? 'nothing' : 'value';
}

function childSegment({ kind, key, index }: Frame): string | number | undefined {
  if (kind === 'document') return undefined;
  return kind === 'object' ? key : index;
}

function isCommentAround(text: string, kind: number, start: number, end: number, offset: number): boolean {
  if (kind === Token.lineComment) return offset > start && offset <= end;
  if (kind !== Token.blockComment) return false;
  return offset > start && (offset < end || !text.slice(start, end).endsWith('*/'));
}

function startsEntry(kind: number): boolean {
  return literalTokens.has(kind) || kind === Token.openBrace || kind === Token.openBracket;
}

function literalValue(kind: number, source: string): string | number | boolean | null {
  switch (kind) {
    case Token.number:
      return Number(source);
    case Token.true:
      return true;
    case Token.false:
      return false;
    case Token.null:
      return null;
    case Token.string:
      return stringValue(source);
    default:
      return source;
  }
}

/** The string's content; without unescaping where the string is not well-formed. */
function stringValue(source: string): string {
  try {
    return JSON.parse(source) as string;
  } catch {
    return source.replace(/^"|"$/g, '');
  }
}
