/** JSON on one line, with the blanks that people write: `{ "name": "head", "unit": 3 }`, `[3, 3]`. */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${jsonText(member)}`);
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}
