import { applyEdits, modify } from 'jsonc-parser';

/**
 * The text of a scheme with some values replaced; everything else stays as it is written. A key is a path with dots:
 * `model.learning_rate`, `model.network.0.channel`.
 */
export function applyOverrides(text: string, overrides: Readonly<Record<string, unknown>>): string {
  let result = text;
  for (const [key, value] of Object.entries(overrides)) {
    const edits = modify(result, overridePath(key), value, { formattingOptions: { insertSpaces: true, tabSize: 2 } });
    result = applyEdits(result, edits);
  }
  return result;
}

/** `model.network.0.channel` as a path: digits are places in a list. */
export function overridePath(key: string): (string | number)[] {
  return key.split('.').map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
}

/**
 * What `--set model.learning_rate=0.01` says; `undefined` where there is no key before an `=`. A value that is JSON is that
 * value (`0.01`, `true`, `[3, 3]`), anything else is text.
 */
export function parseOverride(argument: string): { readonly key: string; readonly value: unknown } | undefined {
  const [, key, value] = /^([^=\s]+)=([\s\S]*)$/.exec(argument) ?? [];
  return key === undefined || value === undefined ? undefined : { key, value: jsonOrText(value) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
