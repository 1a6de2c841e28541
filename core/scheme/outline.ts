import type { Span } from './diagnostics';
import {
  beyondBlanks,
  braceClose,
  braceOpen,
  bracketClose,
  bracketOpen,
  colon,
  comma as commaCode,
  quote,
  type ScannedValue,
  scanObject,
  stringEnd,
  wordEnd,
} from './scan';
import type { Slip } from './syntax';

/**
 * Where the elements of a scheme's network stand in its text, found without parsing them: also between words that mean
 * nothing, and where a comma or a bracket is missing. That an element really ends where it seems to is for its own parser to
 * confirm.
 */
export interface Outline extends Gaps {
  /** Offsets of the network's brackets. */
  readonly open: number;
  readonly close: number;
  /** Where the elements begin and end. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly trailingComma?: Span;
}

/** What stands between the elements. */
interface Gaps {
  readonly comments: readonly Span[];
  /** What the parser would stumble over. */
  readonly slips: readonly Slip[];
}

/** Elements that take the place of others, and what is known of them. */
export interface Rescan {
  readonly outline: Outline;
  /** The first that is another. */
  readonly at: number;
  /** How many there were, and which there are now. */
  readonly removed: number;
  readonly scanned: readonly ScannedValue[];
}

/** A part of a text that is another now. */
export interface Change {
  /** In the text before. */
  readonly start: number;
  readonly end: number;
  /** By how much longer it is now. */
  readonly by: number;
}

/** Brackets that may be the network's, in the order of the text. */
export function* openings(text: string): Generator<number> {
  const opening = /"network"\s*:\s*\[/g;
  for (let tries = 0; tries < mostTries; tries++) {
    const match = opening.exec(text);
    if (!match) return;
    yield match.index + match[0].length - 1;
  }
}

/** In comments and notes there may be others before it. */
const mostTries = 4;

/** The elements behind an opening bracket. */
export function outlineFrom(text: string, open: number): Rescan | undefined {
  const gaps = new GapScanner(text, open + 1, true);
  const scanned: ScannedValue[] = [];
  for (;;) {
    const found = gaps.next();
    if (found === undefined) return undefined;
    if (found === 'end' || found === 'known') break;
    scanned.push(found);
  }
  const starts = Int32Array.from(scanned, ({ start }) => start);
  const ends = Int32Array.from(scanned, ({ end }) => end);
  const { comments, slips, trailingComma } = gaps;
  return {
    outline: { open, close: gaps.offset, starts, ends, comments, slips, trailingComma },
    at: 0,
    removed: 0,
    scanned,
  };
}

/** The outline after a change that leaves the network's brackets where they are; nothing if all of it must be read again. */
export function rescan(text: string, outline: Outline, change: Change): Rescan | undefined {
  const { open, close, starts } = outline;
  if (change.end <= open || change.start > close) return shifted(outline, change);
  if (change.start <= open || change.end > close) return undefined;
  const at = Math.max(lastBefore(starts, change.start), 0);
  const gaps = new GapScanner(text, at > 0 ? outline.ends[at - 1]! : open + 1, at === 0);
  const scanned: ScannedValue[] = [];
  for (;;) {
    const found = gaps.next((start) => start >= change.end + change.by && indexOf(starts, start - change.by) >= at);
    if (found === undefined) return undefined;
    if (found === 'end') {
      if (gaps.offset !== close + change.by) return undefined;
      return spliced(outline, change, at, starts.length, scanned, gaps);
    }
    if (found === 'known') return spliced(outline, change, at, indexOf(starts, gaps.offset - change.by), scanned, gaps);
    scanned.push(found);
  }
}

/** Nothing but its place has changed. */
function shifted(outline: Outline, { end, by }: Change): Rescan {
  const move = end <= outline.open ? by : 0;
  const { trailingComma } = outline;
  return {
    outline: {
      open: outline.open + move,
      close: outline.close + move,
      starts: columnMoved(outline.starts, 0, move),
      ends: columnMoved(outline.ends, 0, move),
      comments: outline.comments.map((span) => movedBy(span, move)),
      slips: outline.slips.map((slip) => ({ ...slip, span: movedBy(slip.span, move) })),
      trailingComma: trailingComma && movedBy(trailingComma, move),
    },
    at: 0,
    removed: 0,
    scanned: [],
  };
}

function spliced(
  outline: Outline,
  { by }: Change,
  at: number,
  until: number,
  scanned: readonly ScannedValue[],
  gaps: GapScanner,
): Rescan {
  const { starts, ends, open, close } = outline;
  const { from } = gaps;
  const to = until < starts.length ? starts[until]! : close;
  const around = <T>(items: readonly T[], spanOf: (item: T) => Span, move: (item: T) => T, found: readonly T[]) => [
    ...items.filter((item) => spanOf(item).start < from),
    ...found,
    // That a comma is missing before an element has been said again.
    ...items.filter((item) => spanOf(item).start > to).map(move),
  ];
  const toEnd = until === starts.length;
  return {
    outline: {
      open,
      close: close + by,
      starts: columnSpliced(
        starts,
        at,
        until,
        Int32Array.from(scanned, ({ start }) => start),
        by,
      ),
      ends: columnSpliced(
        ends,
        at,
        until,
        Int32Array.from(scanned, ({ end }) => end),
        by,
      ),
      comments: around(
        outline.comments,
        (span) => span,
        (span) => movedBy(span, by),
        gaps.comments,
      ),
      slips: around(
        outline.slips,
        ({ span }) => span,
        (slip) => ({ ...slip, span: movedBy(slip.span, by) }),
        gaps.slips,
      ),
      trailingComma: toEnd ? gaps.trailingComma : outline.trailingComma && movedBy(outline.trailingComma, by),
    },
    at,
    removed: until - at,
    scanned,
  };
}

function columnMoved(column: Int32Array, from: number, by: number): Int32Array {
  if (by === 0) return column;
  const moved = column.slice();
  for (let index = from; index < moved.length; index++) moved[index]! += by;
  return moved;
}

function columnSpliced(column: Int32Array, at: number, until: number, put: Int32Array, by: number): Int32Array {
  const result = new Int32Array(column.length - (until - at) + put.length);
  result.set(column.subarray(0, at));
  result.set(put, at);
  result.set(column.subarray(until), at + put.length);
  if (by !== 0) for (let index = at + put.length; index < result.length; index++) result[index]! += by;
  return result;
}

function movedBy({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

/** The last place in an ascending column whose value is less; -1 if none is. */
export function lastBefore(column: Int32Array, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function indexOf(column: Int32Array, value: number): number {
  const index = lastBefore(column, value) + 1;
  return column[index] === value ? index : -1;
}

/** Goes from element to element and takes note of what stands between them: from the list's bracket, or behind an element. */
class GapScanner implements Gaps {
  readonly comments: Span[] = [];
  readonly slips: Slip[] = [];
  /** Behind the last comma there was a word, of which more is said than that a value is missing. */
  private hasWord = false;
  private comma: number | undefined;

  constructor(
    private readonly text: string,
    /** Where it began. */
    readonly from: number,
    private isFirst: boolean,
    public offset = from,
  ) {}

  /** A comma behind the last element, at the end of the list. */
  get trailingComma(): Span | undefined {
    return this.comma === undefined || this.hasWord ? undefined : { start: this.comma, end: this.comma + 1 };
  }

  /**
   * The next element; `end` at the closing bracket; nothing where the text can only be read whole.
   *
   * @param isKnown whether the element that begins at an offset need not be read: then `known`
   */
  next(isKnown: (start: number) => boolean = () => false): ScannedValue | 'end' | 'known' | undefined {
    for (;;) {
      this.offset = beyondBlanks(this.text, this.offset, this.comments);
      const code = this.text.charCodeAt(this.offset);
      if (code === bracketClose) return 'end';
      if (code === commaCode) this.addComma();
      else if (code === braceClose) this.addStray();
      else if (this.offset >= this.text.length || code === bracketOpen || code === colon) return undefined;
      else {
        const start = this.offset;
        const value = this.valueAt(start, code, isKnown);
        if (value !== 'word') return value;
      }
    }
  }

  private addComma(): void {
    const span = { start: this.offset, end: this.offset + 1 };
    const isMissingValue = (this.isFirst || this.comma !== undefined) && !this.hasWord;
    if (isMissingValue) this.slips.push({ name: 'ValueExpected', span });
    this.comma = this.offset++;
    this.hasWord = false;
  }

  private addStray(): void {
    this.slips.push({ name: 'StrayBrace', span: { start: this.offset, end: this.offset + 1 } });
    this.offset++;
  }

  private valueAt(
    start: number,
    code: number,
    isKnown: (start: number) => boolean,
  ): ScannedValue | 'known' | 'word' | undefined {
    const end = code === quote ? stringEnd(this.text, start) : wordEnd(this.text, start);
    const isWord = code !== braceOpen && code !== quote && !literal.test(this.text.slice(start, end));
    if (isWord) {
      this.slips.push({ name: 'StrayWord', span: { start, end: Math.max(end, start + 1) } });
      this.offset = Math.max(end, start + 1);
      this.hasWord = true;
      return 'word';
    }
    if (!this.isFirst && this.comma === undefined)
      this.slips.push({ name: 'CommaExpected', span: { start, end: start + 1 } });
    if (isKnown(start)) return 'known';
    const value = code === braceOpen ? scanObject(this.text, start) : { start, end, colons: 0, isTorn: false };
    if (!value) return undefined;
    this.offset = value.end;
    this.comma = undefined;
    this.hasWord = false;
    this.isFirst = false;
    return value;
  }
}

const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
