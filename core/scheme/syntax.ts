import { type Node, type ParseError, printParseErrorCode } from 'jsonc-parser';
import { t } from '../l10n';
import { diagnose } from './diagnose';
import type { Diagnostic, Fix, Span } from './diagnostics';
import { removeProperty } from './edits';
import type { JsonPath } from './types';

/** Something that the JSON parser stumbled over. */
export interface Slip {
  /** The parser's name for it: `CommaExpected` for example. */
  readonly name: string;
  readonly span: Span;
}

/** Comments by where they end. */
type Comments = ReadonlyMap<number, Span>;

/**
 * The JSON parser's errors in words, and what it reads but JSON does not allow: comments, trailing commas, repeated keys.
 *
 * @param path of what the text is, where it is a part of a document
 */
export function syntaxDiagnostics(
  text: string,
  root: Node | undefined,
  errors: readonly ParseError[],
  path: JsonPath = [],
): Diagnostic[] {
  const slips = errors.map((error) => toSlip(text, error));
  const comments = new Map(slips.filter(isComment).map(({ span }) => [span.end, span]));
  const diagnostics = [...comments.values()].map((span) => comment(text, span));
  const last = [...comments.values()].at(-1);
  if (last && isOpen(text, last)) return [...diagnostics.slice(0, -1), openComment(text, last)];
  let end = -1;
  for (const slip of withoutConsequences(slips.filter((other) => !isComment(other)))) {
    // One slip often makes the parser stumble again, at the same place or at the next token.
    const isConsequence = lastTokenEnd(text, comments, slip.span.start) <= end;
    const comma = isConsequence ? undefined : trailingComma(text, comments, slip);
    if (!isConsequence) diagnostics.push(comma ?? syntaxError(text, comments, slip));
    // Behind a trailing comma the parser goes on: only what it says about the same place again follows from that.
    if (comma) end = slip.span.start;
    else if (!isConsequence || slip.span.start > end) end = slip.span.end;
  }
  if (!root && slips.every(isComment)) diagnostics.push(emptyFile());
  return root ? diagnostics.concat(repeatedKeys(text, root, path)) : diagnostics;
}

/** Of a list that a key stands in, it is said once that it is not closed: it takes the brackets behind it for its own. */
function withoutConsequences(slips: readonly Slip[]): Slip[] {
  const key = slips.findIndex(({ name }) => name === 'KeyInList');
  return slips.filter(({ name }, index) => key < 0 || index <= key || !followsKeyInList.has(name));
}

const followsKeyInList = new Set(['ListNotClosed', 'CloseBracketExpected', 'CloseBraceExpected']);

function toSlip(text: string, { error, offset, length }: ParseError): Slip {
  const [start, end] = [offset, offset + length].map((place) => Math.min(place, text.length));
  const name = printParseErrorCode(error);
  const closing = name === 'CommaExpected' ? closings[text.charAt(start!)] : undefined;
  return { name: closing ?? name, span: { start: start!, end: end! } };
}

/** A bracket that closes something else stands where the list or the object goes on: a comma is not what is missing. */
const closings: Readonly<Record<string, string>> = {
  '}': 'ListNotClosed',
  ']': 'ObjectNotClosed',
  ':': 'KeyInList',
};

function isComment({ name }: Slip): boolean {
  return name === 'InvalidCommentToken';
}

export function comment(text: string, span: Span): Diagnostic {
  const message = t('A comment is no JSON; Match Down reads it, other tools may not.');
  const changes = [{ span: withBlanksBefore(text, span), text: '' }];
  return diagnose('scheme/comment', { span, path: [] }, message, {
    fixes: [{ title: t('Remove the comment'), changes }],
  });
}

/** Only at the end of the text a comment may lack its own. */
function isOpen(text: string, { start, end }: Span): boolean {
  return end === text.length && text.startsWith('/*', start) && !text.slice(start + 2, end).endsWith('*/');
}

/** It takes everything behind it along, and so whatever else the parser misses is its consequence. */
function openComment(text: string, { start }: Span): Diagnostic {
  const line = /^[^\r\n]*/.exec(text.slice(start))![0].trimEnd();
  const fix = { ...insertion(' */', start + line.length), title: t('Insert {0}', '"*/"'), preferred: false };
  const span = { start, end: start + 2 };
  return diagnose('scheme/syntax', { span, path: [] }, t('The comment is not closed.'), { fixes: [fix] });
}

/** What stands between the elements of a list and does not belong there, found without the parser. */
export function gapDiagnostics(text: string, comments: readonly Span[], slips: readonly Slip[]): Diagnostic[] {
  const byEnd = new Map(comments.map((span) => [span.end, span]));
  return slips.map((slip) => syntaxError(text, byEnd, slip));
}

function trailingComma(text: string, comments: Comments, { name, span }: Slip): Diagnostic | undefined {
  const expected = name === 'ValueExpected' || name === 'PropertyNameExpected';
  if (!expected || !/[\]}]/.test(text[span.start] ?? '')) return undefined;
  const end = lastTokenEnd(text, comments, span.start);
  if (text[end - 1] !== ',') return undefined;
  // Behind a bracket or another comma, a comma does not end an element: a value is missing there.
  const before = text[lastTokenEnd(text, comments, end - 1) - 1];
  if (before === undefined || '[{,:'.includes(before)) return undefined;
  return superfluousComma({ start: end - 1, end });
}

export function superfluousComma(span: Span): Diagnostic {
  const message = t('A comma after the last element is no JSON; Match Down reads it, other tools may not.');
  const fix = { title: t('Remove the comma'), changes: [{ span, text: '' }], preferred: true };
  return diagnose('scheme/trailing-comma', { span, path: [] }, message, { fixes: [fix] });
}

function syntaxError(text: string, comments: Comments, slip: Slip): Diagnostic {
  const previous = lastTokenEnd(text, comments, slip.span.start);
  const before = { start: Math.max(previous - 1, 0), end: Math.max(previous, Math.min(1, text.length)) };
  const token = missingTokens[slip.name];
  const message = syntaxMessage(slip.name, text.slice(slip.span.start, slip.span.end));
  if (token)
    return diagnose('scheme/syntax', { span: before, path: [] }, message, { fixes: [insertion(token, previous)] });
  if (slip.name === 'KeyInList') return keyInList(text, slip.span.start, message);
  const stray = strayFixes[slip.name]?.(text.slice(slip.span.start, slip.span.end), slip.span, previous);
  if (stray) return diagnose('scheme/syntax', { span: slip.span, path: [] }, message, { fixes: [stray] });
  // An error at the end of the file has no width: it is shown on the last thing before it.
  const span = slip.span.start < Math.min(slip.span.end, text.length) ? slip.span : before;
  return diagnose('scheme/syntax', { span, path: [] }, message, { fixes: spellingFixes(text, slip) });
}

/** What the parser misses, where it is one definite token. */
const missingTokens: Readonly<Record<string, string>> = {
  CommaExpected: ',',
  ColonExpected: ':',
  CloseBraceExpected: '}',
  CloseBracketExpected: ']',
};

/** What mends a bracket that closes something else, or a word that nothing is meant by. */
const strayFixes: Readonly<Record<string, (token: string, span: Span, previous: number) => Fix>> = {
  ListNotClosed: (_token, _span, previous) => insertion(']', previous),
  ObjectNotClosed: removal,
  StrayBrace: removal,
  StrayWord: removal,
};

function removal(token: string, span: Span): Fix {
  return { title: t('Remove {0}', `"${token}"`), changes: [{ span, text: '' }] };
}

/** No key of ours is longer, with the blanks around it. */
const longestKey = 300;

/** Behind the last element of a list that is not closed there stands a key with its colon. */
function keyInList(text: string, colon: number, message: string): Diagnostic {
  const from = Math.max(0, colon - longestKey);
  const key = /,?\s*("(?:[^"\\\n]|\\.)*")\s*$/.exec(text.slice(from, colon));
  const start = key ? from + key.index + key[0].lastIndexOf(key[1]!) : colon;
  const fixes = key ? [insertion(']', from + key.index)] : [];
  return diagnose('scheme/syntax', { span: { start, end: colon + 1 }, path: [] }, message, { fixes });
}

function insertion(token: string, offset: number): Fix {
  const changes = [{ span: { start: offset, end: offset }, text: token }];
  return { title: t('Insert {0}', `"${token}"`), changes, preferred: true };
}

function syntaxMessage(name: string, token: string): string {
  switch (name) {
    case 'CommaExpected':
      return t('A comma is missing here.');
    case 'ColonExpected':
      return t('A colon is missing between key and value.');
    case 'CloseBraceExpected':
      return t('A closing brace {0} is missing.', '}');
    case 'CloseBracketExpected':
      return t('A closing bracket ] is missing.');
    case 'ListNotClosed':
      return t('A closing bracket ] is missing before this brace.');
    case 'ObjectNotClosed':
      return t('This bracket closes nothing, or a closing brace {0} is missing before it.', '}');
    case 'KeyInList':
      return t('A closing bracket ] is missing before this key.');
    case 'StrayWord':
      return t('{0} is no layer. A layer is an object in braces.', token);
    case 'StrayBrace':
      return t('This brace closes nothing. Remove it.');
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
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return t('An escape in this text is not valid; a backslash is written as two.');
    case 'InvalidCharacter':
      return t('A control character stands in this text; write it as an escape, \\n for example.');
    default:
      return invalidSymbol(token);
  }
}

function invalidSymbol(token: string): string {
  if (Object.hasOwn(spellings, token)) return t('JSON has {0} for {1}.', spellings[token]!, token);
  if (jsonNumber(token) !== undefined) return t('{0} is no JSON number.', token);
  return t('{0} is no JSON value. Text stands in double quotes.', token);
}

/** What other languages write, and JSON does not. */
const spellings: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  TRUE: 'true',
  FALSE: 'false',
  None: 'null',
  ';': ',',
  '=': ':',
};

const misspelt: ReadonlySet<string> = new Set(['InvalidSymbol', 'InvalidNumberFormat']);

/** A word or a number of another language, or a name without its double quotes, or without the one before it. */
function spellingFixes(text: string, { name, span }: Slip): Fix[] {
  const token = text.slice(span.start, span.end);
  if (!misspelt.has(name)) return [];
  const number = jsonNumber(token);
  const word = /^['‘“]?([A-Za-z_]\w*)['’”]?$/.exec(token)?.[1];
  // Behind a double quote, it is a quote too many that is wrong.
  const quoted = word === undefined || text[span.start - 1] === '"' ? undefined : `"${word}"`;
  const meant = Object.hasOwn(spellings, token) ? spellings[token] : (number ?? quoted);
  if (meant === undefined) return [];
  const end = text[span.end] === '"' && meant === quoted ? span.end + 1 : span.end;
  const changes = [{ span: { start: span.start, end }, text: meant }];
  return [{ title: t('Change to {0}', meant), changes, preferred: true }];
}

/** `.5`, `5.` and `+5` as JSON writes them. */
function jsonNumber(token: string): string | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(token) ? String(Number(token)) : undefined;
}

function emptyFile(): Diagnostic {
  const message = t('The scheme is empty. It needs {0} and {1}.', '"data"', '"model"');
  return diagnose('scheme/syntax', { span: { start: 0, end: 0 }, path: [] }, message);
}

function repeatedKeys(text: string, node: Node, path: JsonPath): Diagnostic[] {
  if (node.type === 'array') {
    return (node.children ?? []).flatMap((child, index) => repeatedKeys(text, child, [...path, index]));
  }
  if (node.type !== 'object') return [];
  const below = (node.children ?? []).flatMap(({ children = [] }) =>
    children[1] ? repeatedKeys(text, children[1], [...path, String(children[0]!.value)]) : [],
  );
  return [...repeatedIn(text, node, path), ...below];
}

function repeatedIn(text: string, object: Node, path: JsonPath): Diagnostic[] {
  const seen = new Map<string, Node>();
  const diagnostics: Diagnostic[] = [];
  for (const property of object.children ?? []) {
    const key = String(property.children![0]!.value);
    const first = seen.get(key);
    if (first) diagnostics.push(repeated(text, first, property, [...path, key]));
    else seen.set(key, property);
  }
  return diagnostics;
}

function repeated(text: string, first: Node, again: Node, path: JsonPath): Diagnostic {
  const key = `"${path.at(-1)}"`;
  const [firstKey, key2] = [first.children![0]!, again.children![0]!].map(({ offset, length }) => ({
    start: offset,
    end: offset + length,
  }));
  return diagnose(
    'scheme/duplicate-key',
    { span: key2!, path },
    t('{0} stands twice in this object. Keep one of them.', key),
    {
      fixes: [
        { title: t('Remove this one'), changes: [removeProperty(text, again)] },
        { title: t('Remove the first one'), changes: [removeProperty(text, first)] },
      ],
      related: [{ span: firstKey!, message: t('The first {0}', key) }],
    },
  );
}

/** The end of the last token before an offset: blanks and comments are skipped. */
function lastTokenEnd(text: string, comments: Comments, offset: number): number {
  let end = offset;
  for (;;) {
    while (end > 0 && /\s/.test(text[end - 1]!)) end--;
    const inside = comments.get(end);
    if (!inside) return end;
    end = inside.start;
  }
}

function withBlanksBefore(text: string, span: Span): Span {
  let start = span.start;
  while (start > 0 && /[ \t]/.test(text[start - 1]!)) start--;
  return { start, end: span.end };
}
