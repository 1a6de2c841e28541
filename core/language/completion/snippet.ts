/**
 * Snippets as in the Language Server Protocol: text with tab stops `$1`, placeholders `${1:3}` and choices `${1|a,b|}`.
 */

/** Numbers the tab stops of one snippet. */
export class TabStops {
  private last = 0;

  next(): number {
    return ++this.last;
  }
}

/** A value as JSON in which everything that a person may want to change is a placeholder. */
export function valueSnippet(value: unknown, stops: TabStops): string {
  if (Array.isArray(value))
    return value.length === 0
      ? `[${tabStop(stops)}]`
      : `[${value.map((element) => valueSnippet(element, stops)).join(', ')}]`;
  if (typeof value === 'string') return `"${placeholder(stops, innerText(value))}"`;
  if (typeof value !== 'object' || value === null) return placeholder(stops, JSON.stringify(value));
  const entries = Object.entries(value).map(
    ([key, entry]) => `${literal(JSON.stringify(key))}: ${valueSnippet(entry, stops)}`,
  );
  return entries.length === 0 ? `{ ${tabStop(stops)} }` : `{ ${entries.join(', ')} }`;
}

/** The same with each key on a line of its own, and an empty list open for its first element. */
export function linesSnippet(value: unknown, stops = new TabStops(), indent = ''): string {
  const inner = `${indent}\t`;
  if (Array.isArray(value) && value.length === 0) return `[\n${inner}${tabStop(stops)}\n${indent}]`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return valueSnippet(value, stops);
  const lines = Object.entries(value).map(([key, entry]) => `${inner}"${key}": ${linesSnippet(entry, stops, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/**
 * A `body` of the schema's `defaultSnippets` as JSON over several lines: a string that begins with `^` is raw text, and the
 * placeholders in strings count.
 */
export function bodySnippet(body: unknown, indent = ''): string {
  if (Array.isArray(body)) return `[${body.map((element) => bodySnippet(element, indent)).join(', ')}]`;
  if (typeof body === 'string') return body.startsWith('^') ? body.slice(1) : `"${body}"`;
  if (typeof body !== 'object' || body === null) return JSON.stringify(body);
  const inner = `${indent}\t`;
  const lines = Object.entries(body).map(
    ([key, value]) => `${inner}${literal(JSON.stringify(key))}: ${bodySnippet(value, inner)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

export function placeholder(stops: TabStops, text: string): string {
  return `\${${stops.next()}:${literal(text)}}`;
}

/** One of several texts, the first one chosen to begin with; a tab stop where there is nothing to choose from. */
export function choice(stops: TabStops, texts: readonly string[]): string {
  if (texts.length === 0) return tabStop(stops);
  return `\${${stops.next()}|${texts.map((text) => text.replace(/[\\,|$}]/g, '\\$&')).join(',')}|}`;
}

export function tabStop(stops: TabStops): string {
  return `$${stops.next()}`;
}

/** Text that stands for itself. */
export function literal(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** What stands between the quotes of a JSON string. */
export function innerText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

const snippetParts =
  /\\([\\$},|])|\$\{\d+\|((?:\\.|[^\\|,])*)(?:\\.|[^\\|])*\|\}|\$\{\d+:((?:\\.|[^\\}])*)\}|\$\d+|\t/g;

/** What a snippet comes to for a client that knows none: placeholders and first choices as text. */
export function plainText(snippet: string): string {
  return snippet.replace(snippetParts, (part, escaped?: string, choice?: string, placeholder?: string) => {
    if (part === '\t') return '  ';
    return escaped ?? (choice ?? placeholder ?? '').replace(/\\(.)/g, '$1');
  });
}
