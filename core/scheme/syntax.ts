import { type Node, type ParseError, printParseErrorCode } from 'jsonc-parser';
import { t } from '../l10n';
import type { Diagnostic, Fix, Span } from './diagnostics';
import { removeProperty } from './edits';
import type { JsonPath } from './types';

interface SyntaxSlip {
  /** The parser's name for it: `CommaExpected` for example. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** The JSON parser's errors in words, and what it reads but JSON does not allow: comments, trailing commas, repeated keys. */
export function syntaxDiagnostics(
  text: string,
  root: Node | undefined,
  parserErrors: readonly ParseError[],
): Diagnostic[] {
  const errors = parserErrors.map(({ error, offset, length }) => ({
    name: printParseErrorCode(error),
    offset,
    length,
  }));
  const comments = errors.filter((e) => e.name === 'InvalidCommentToken').map(toSpan);
  const diagnostics = comments.map((span) => comment(text, span));
  let lastEnd = -1;
  for (const error of errors) {
    if (error.name === 'InvalidCommentToken') continue;
    const comma = trailingComma(text, comments, error);
    // One slip often makes the parser stumble several times at the same place.
    if (comma) diagnostics.push(comma);
    else if (error.offset >= lastEnd) diagnostics.push(syntaxError(text, comments, error));
    lastEnd = Math.max(lastEnd, error.offset + error.length);
  }
  if (!root && errors.length === 0) diagnostics.push(emptyFile());
  if (root) diagnostics.push(...repeatedKeys(text, root));
  return diagnostics;
}

function comment(text: string, span: Span): Diagnostic {
  return {
    code: 'scheme/comment',
    severity: 'hint',
    message: t('A comment is no JSON; Match Down reads it, other tools may not.'),
    span,
    path: [],
    fixes: [{ title: t('Remove the comment'), changes: [{ span: withBlanksBefore(text, span), text: '' }] }],
  };
}

function trailingComma(text: string, comments: readonly Span[], error: SyntaxSlip): Diagnostic | undefined {
  const expected = error.name === 'ValueExpected' || error.name === 'PropertyNameExpected';
  if (!expected || !/[\]}]/.test(text[error.offset] ?? '')) return undefined;
  const end = lastTokenEnd(text, comments, error.offset);
  if (text[end - 1] !== ',') return undefined;
  // Behind a bracket or another comma, a comma does not end an element: a value is missing there.
  const before = text[lastTokenEnd(text, comments, end - 1) - 1];
  if (before === undefined || '[{,:'.includes(before)) return undefined;
  const span = { start: end - 1, end };
  return {
    code: 'scheme/trailing-comma',
    severity: 'hint',
    message: t('A comma after the last element is no JSON; Match Down reads it, other tools may not.'),
    span,
    path: [],
    fixes: [{ title: t('Remove the comma'), changes: [{ span, text: '' }], preferred: true }],
  };
}

function syntaxError(text: string, comments: readonly Span[], error: SyntaxSlip): Diagnostic {
  const previous = lastTokenEnd(text, comments, error.offset);
  const missing = missingToken(error.name);
  const behindPrevious = { start: Math.max(previous - 1, 0), end: Math.max(previous, Math.min(1, text.length)) };
  return {
    code: 'scheme/syntax',
    severity: 'error',
    message: syntaxMessage(error.name, text.slice(error.offset, error.offset + error.length)),
    span: missing === undefined ? tokenSpan(text, error, behindPrevious) : behindPrevious,
    path: [],
    fixes: missing === undefined ? spellingFixes(text, error) : [insertion(missing, previous)],
  };
}

/** What the parser missed, if it is one definite token. */
function missingToken(code: string): string | undefined {
  if (code === 'CommaExpected') return ',';
  if (code === 'ColonExpected') return ':';
  if (code === 'CloseBraceExpected') return '}';
  if (code === 'CloseBracketExpected') return ']';
  return undefined;
}

function insertion(token: string, offset: number): Fix {
  const change = { span: { start: offset, end: offset }, text: token };
  return { title: t('Insert {0}', `"${token}"`), changes: [change], preferred: true };
}

function syntaxMessage(code: string, token: string): string {
  switch (code) {
    case 'CommaExpected':
      return t('A comma is missing here.');
    case 'ColonExpected':
      return t('A colon is missing between key and value.');
    case 'CloseBraceExpected':
      return t('A closing brace } is missing.');
    case 'CloseBracketExpected':
      return t('A closing bracket ] is missing.');
    case 'PropertyNameExpected':
      return t('A key in double quotes belongs here.');
    case 'ValueExpected':
      return t('A value is missing here.');
    case 'EndOfFileExpected':
      return t('The scheme ends before this; remove what follows.');
    case 'InvalidNumberFormat':
      return t('{0} is no JSON number.', token);
    case 'UnexpectedEndOfString':
      return t('The text has no closing double quote on its line.');
    case 'UnexpectedEndOfComment':
      return t('The comment is not closed.');
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return t('An escape in this text is not valid; write a backslash as \\\\.');
    case 'InvalidCharacter':
      return t('A control character stands in this text; write it as an escape, \\n for example.');
    default:
      return t('{0} is no JSON value. Text stands in double quotes.', token);
  }
}

const spellings: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null',
  TRUE: 'true',
  FALSE: 'false',
};

/** Python's spellings, and words or single quotes where double quotes belong. */
function spellingFixes(text: string, error: SyntaxSlip): Fix[] {
  if (error.name !== 'InvalidSymbol') return [];
  const token = text.slice(error.offset, error.offset + error.length);
  const quoted = /^'[^'"\\]*'$/.test(token) ? `"${token.slice(1, -1)}"` : undefined;
  const word = /^[A-Za-z_]\w*$/.test(token) ? `"${token}"` : undefined;
  const replacement = spellings[token] ?? quoted ?? word;
  if (replacement === undefined) return [];
  return [
    {
      title: t('Write {0}', replacement),
      changes: [{ span: toSpan(error), text: replacement }],
      preferred: true,
    },
  ];
}

function emptyFile(): Diagnostic {
  return {
    code: 'scheme/syntax',
    severity: 'error',
    message: t('The scheme is empty. It needs {0} and {1}.', '"data"', '"model"'),
    span: { start: 0, end: 0 },
    path: [],
    fixes: [],
  };
}

function repeatedKeys(text: string, root: Node): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const visit = (node: Node, path: JsonPath) => {
    if (node.type === 'object') diagnostics.push(...repeatedIn(text, node, path));
    node.children?.forEach((child, index) => {
      if (node.type === 'array') visit(child, [...path, index]);
      else if (child.children?.[1]) visit(child.children[1], [...path, String(child.children[0]!.value)]);
    });
  };
  visit(root, []);
  return diagnostics;
}

function repeatedIn(text: string, object: Node, path: JsonPath): Diagnostic[] {
  const seen = new Map<string, Node>();
  const diagnostics: Diagnostic[] = [];
  for (const property of object.children ?? []) {
    const key = property.children![0]!;
    const first = seen.get(key.value);
    if (first) diagnostics.push(repeated(text, first, property, [...path, key.value]));
    else seen.set(key.value, property);
  }
  return diagnostics;
}

function repeated(text: string, first: Node, again: Node, path: JsonPath): Diagnostic {
  const key = String(again.children![0]!.value);
  return {
    code: 'scheme/duplicate-key',
    severity: 'error',
    message: t('The key {0} stands twice in this object. Keep one of them.', `"${key}"`),
    span: toSpan(again.children![0]!),
    path,
    fixes: [
      { title: t('Remove this one'), changes: [removeProperty(text, again)] },
      { title: t('Remove the first one'), changes: [removeProperty(text, first)] },
    ],
    related: [{ span: toSpan(first.children![0]!), message: t('The first {0}', `"${key}"`) }],
  };
}

/** The end of the last token before an offset: blanks and comments are skipped. */
function lastTokenEnd(text: string, comments: readonly Span[], offset: number): number {
  let end = offset;
  for (;;) {
    while (end > 0 && /\s/.test(text[end - 1]!)) end--;
    const inside = comments.find((span) => span.end === end);
    if (!inside) return end;
    end = inside.start;
  }
}

/** An error at the end of the file has no width: it is shown on the last thing before it. */
function tokenSpan(text: string, error: SyntaxSlip, before: Span): Span {
  return error.length > 0 && error.offset < text.length ? toSpan(error) : before;
}

function withBlanksBefore(text: string, span: Span): Span {
  let start = span.start;
  while (start > 0 && /[ \t]/.test(text[start - 1]!)) start--;
  return { start, end: span.end };
}

function toSpan(place: { readonly offset: number; readonly length: number }): Span {
  return { start: place.offset, end: place.offset + place.length };
}
