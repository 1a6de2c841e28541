/** jsonc-parser's `SyntaxKind`, whose constants do not exist outside its own compilation. */
export const Token = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  blanks: 15,
  unknown: 16,
  end: 17,
} as const;

/** Where a text begins behind a byte order mark, which is no JSON, but which editors and shells write. */
export function contentStart(text: string): number {
  return text.charCodeAt(0) === 0xfeff ? 1 : 0;
}

/** jsonc-parser's `ScanError.UnexpectedEndOfString`. */
export const unexpectedEndOfString = 2;

export const literalTokens: ReadonlySet<number> = new Set([
  Token.string,
  Token.number,
  Token.true,
  Token.false,
  Token.null,
  Token.unknown,
]);

export const triviaTokens: ReadonlySet<number> = new Set([
  Token.blanks,
  Token.lineBreak,
  Token.lineComment,
  Token.blockComment,
]);
