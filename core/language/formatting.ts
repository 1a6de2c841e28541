import { createScanner } from 'jsonc-parser';
import { type FormattingOptions, type Range, TextEdit } from 'vscode-languageserver-types';
import { overlaps, rangeOf, type Snapshot, spanOf } from './snapshot';
import { contentStart, Token } from './tokens';

/** A line may be so long before a list is broken over several. */
const lineWidth = 100;

/**
 * Lays a scheme out: lists of plain values stay on one line where they fit (`[3, 3]`), an object stays on one line where it
 * was written so, everything else gets a line of its own. Only blanks and line breaks change; comments, trailing commas and
 * single blank lines stay. A text that is not well-formed is left as it is.
 *
 * @param range only the blanks that lie in it are changed; nothing: the whole text
 */
export function formattingEdits(snapshot: Snapshot, options: FormattingOptions, range?: Range): TextEdit[] {
  if (snapshot.analysis.document.diagnostics.some(({ code }) => code === 'scheme/syntax')) return [];
  const tokens = tokensOf(snapshot.text);
  const gaps = new Layout(tokens, snapshot.text, options).gaps();
  const wanted = range === undefined ? undefined : spanOf(snapshot, range);
  return tokens.flatMap(({ start }, index) => {
    const gap = { start: tokens[index - 1]?.end ?? contentStart(snapshot.text), end: start };
    if (snapshot.text.slice(gap.start, gap.end) === gaps[index]) return [];
    if (wanted !== undefined && !overlaps(gap, wanted)) return [];
    return [TextEdit.replace(rangeOf(snapshot, gap), gaps[index] ?? '')];
  });
}

interface FormatToken {
  readonly kind: number;
  readonly start: number;
  readonly end: number;
  /** Line breaks between the token before and this one. */
  readonly linesBefore: number;
}

/** Everything but blanks; the end of the text is the last. */
function tokensOf(text: string): FormatToken[] {
  const scanner = createScanner(text, false);
  scanner.setPosition(contentStart(text));
  const tokens: FormatToken[] = [];
  let linesBefore = 0;
  for (;;) {
    const kind: number = scanner.scan();
    const start = scanner.getTokenOffset();
    if (kind === Token.lineBreak) linesBefore++;
    if (kind === Token.lineBreak || kind === Token.blanks) continue;
    tokens.push({ kind, start, end: start + scanner.getTokenLength(), linesBefore });
    linesBefore = 0;
    if (kind === Token.end) return tokens;
  }
}

interface OpenBracket {
  readonly inline: boolean;
  readonly isObject: boolean;
  readonly depth: number;
}

class Layout {
  private readonly lineBreak: string;
  private readonly indent: string;
  private readonly open: OpenBracket[] = [];
  private column = 0;

  constructor(
    private readonly tokens: readonly FormatToken[],
    private readonly text: string,
    private readonly options: FormattingOptions,
  ) {
    this.lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
    this.indent = options.insertSpaces ? ' '.repeat(options.tabSize) : '\t';
  }

  /** What stands before each token. */
  gaps(): string[] {
    return this.tokens.map((token, index) => {
      const gap = this.gapBefore(token, index);
      this.advance(gap, token, index);
      return gap;
    });
  }

  private gapBefore(token: FormatToken, index: number): string {
    const before = this.tokens[index - 1];
    if (token.kind === Token.end) return this.endOfText(token, before);
    if (before === undefined) return '';
    if (before.kind === Token.lineComment) return this.newLine(token, before);
    if (isComment(token)) return token.linesBefore === 0 ? ' ' : this.newLine(token, before);
    if (before.kind === Token.blockComment && token.linesBefore > 0) return this.newLine(token, before);
    if (token.kind === Token.comma || token.kind === Token.colon) return '';
    if (isOpening(before) || isClosing(token)) return this.bracketGap(token, before);
    if (before.kind === Token.colon || before.kind === Token.blockComment) return ' ';
    return this.isInline ? ' ' : this.newLine(token, before);
  }

  private get isInline(): boolean {
    return this.open.at(-1)?.inline ?? false;
  }

  /** Between a bracket and what it encloses. */
  private bracketGap(token: FormatToken, before: FormatToken): string {
    if (isOpening(before) && isClosing(token)) return '';
    if (this.isInline) return this.open.at(-1)?.isObject ? ' ' : '';
    return this.newLine(token, before);
  }

  /** One blank line between entries is kept; none before the first and the last bracket. */
  private newLine(token: FormatToken, before: FormatToken): string {
    const closing = isClosing(token);
    const bracket = this.open.at(-1);
    const depth = bracket === undefined ? 0 : bracket.depth + (closing ? 0 : 1);
    const blankLine = token.linesBefore > 1 && !closing && !isOpening(before);
    return this.lineBreak.repeat(blankLine ? 2 : 1) + this.indent.repeat(depth);
  }

  private endOfText(token: FormatToken, before: FormatToken | undefined): string {
    const asWritten = this.text.slice(before?.end ?? 0, token.start);
    if (this.options.insertFinalNewline || (this.options.trimFinalNewlines && asWritten.includes('\n')))
      return this.lineBreak;
    return asWritten;
  }

  private advance(gap: string, token: FormatToken, index: number): void {
    const lineStart = gap.lastIndexOf('\n');
    this.column = (lineStart < 0 ? this.column + gap.length : gap.length - lineStart - 1) + token.end - token.start;
    if (isClosing(token)) this.open.pop();
    if (!isOpening(token)) return;
    const isObject = token.kind === Token.openBrace;
    const depth = this.open.length === 0 ? 0 : (this.open.at(-1)?.depth ?? 0) + 1;
    this.open.push({ inline: this.isInline || this.fits(index), isObject, depth });
  }

  /** Whether the bracket and all that it encloses may stand on one line, and does not reach beyond its end. */
  private fits(first: number): boolean {
    let width = this.column;
    let depth = 0;
    for (let index = first; index < this.tokens.length; index++) {
      const token = this.tokens[index] as FormatToken;
      if (isComment(token)) return false;
      if (token.kind === Token.openBrace && !this.wasInline(index)) return false;
      width += index === first ? 0 : token.end - token.start + 1;
      if (width > lineWidth) return false;
      if (isOpening(token)) depth++;
      if (isClosing(token) && --depth === 0) return true;
    }
    return false;
  }

  /** An object's layout is its author's: it is on one line when its first key follows the brace on the same line. */
  private wasInline(index: number): boolean {
    return this.tokens[index + 1]?.linesBefore === 0;
  }
}

function isComment({ kind }: FormatToken): boolean {
  return kind === Token.lineComment || kind === Token.blockComment;
}

function isOpening({ kind }: FormatToken): boolean {
  return kind === Token.openBrace || kind === Token.openBracket;
}

function isClosing({ kind }: FormatToken): boolean {
  return kind === Token.closeBrace || kind === Token.closeBracket;
}
