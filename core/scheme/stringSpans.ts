import type { Span } from './diagnostics';
import { beyondBlanks, braceClose, braceOpen, bracketClose, bracketOpen, colon, comma, quote, stringEnd } from './scan';

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
    else if (depth === 1 && code === comma) isKey = true;
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
  const start = beyondBlanks(text, beyondBlanks(text, keyEnd) + 1);
  return text.charCodeAt(start) === quote ? { start, end: stringEnd(text, start) } : undefined;
}
