import type { Span } from './diagnostics';
import { beyondBlanks, braceClose, braceOpen, bracketClose, bracketOpen, colon, comma, quote, stringEnd } from './scan';

/** Where the strings stand that are the value of a key, or a list of them. */
export type StringSpans = readonly Span[];

/**
 * Where the values of keys of an object stand that are strings or lists of strings, in a text that is strict JSON; nothing at
 * all where a value is neither, or where a key is written with an escape: then its parser is to be asked.
 */
export function stringSpans(text: string, keys: readonly string[]): (StringSpans | undefined)[] | undefined {
  const spans: (StringSpans | undefined)[] = keys.map(() => undefined);
  let depth = 0;
  let isKey = true;
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === braceOpen || code === bracketOpen) depth++;
    else if (code === braceClose || code === bracketClose) depth--;
    else if (depth === 1 && code === comma) isKey = true;
    else if (depth === 1 && code === colon) isKey = false;
    else if (code === quote) {
      const end = stringEnd(text, offset);
      if (depth === 1 && isKey) {
        const key = text.slice(offset + 1, end - 1);
        if (key.includes('\\')) return undefined;
        const place = keys.indexOf(key);
        const value = place < 0 ? undefined : stringsBehindColon(text, end);
        if (place >= 0 && !value) return undefined;
        if (place >= 0) spans[place] = value;
      }
      offset = end - 1;
    }
  }
  return spans;
}

function stringsBehindColon(text: string, keyEnd: number): StringSpans | undefined {
  const start = beyondBlanks(text, beyondBlanks(text, keyEnd) + 1);
  if (text.charCodeAt(start) === quote) return [{ start, end: stringEnd(text, start) }];
  return text.charCodeAt(start) === bracketOpen ? stringsInList(text, start + 1) : undefined;
}

function stringsInList(text: string, from: number): StringSpans | undefined {
  const spans: Span[] = [];
  for (let start = beyondBlanks(text, from); text.charCodeAt(start) !== bracketClose; ) {
    if (text.charCodeAt(start) !== quote) return undefined;
    const end = stringEnd(text, start);
    spans.push({ start, end });
    const next = beyondBlanks(text, end);
    start = text.charCodeAt(next) === comma ? beyondBlanks(text, next + 1) : next;
  }
  return spans;
}
