import type { Node } from 'jsonc-parser';
import type { TextChange } from './diagnostics';
import { lastChild, neighboursOf } from './tree';

/** Text changes that leave everything else of a document as it is written: its indents, its comments, its order. */

export function replaceNode(node: Node, text: string): TextChange {
  return { span: { start: node.offset, end: node.offset + node.length }, text };
}

/** Removes a key with its value, one comma, and the line if nothing else stands on it. */
export function removeProperty(text: string, property: Node): TextChange {
  return removeElement(text, property);
}

/** Removes an element of a list, with one comma. */
export function removeElement(text: string, property: Node): TextChange {
  const { before: previous, behind: next } = neighboursOf(property);
  const end = property.offset + property.length;
  if (next) return { span: { start: property.offset, end: next.offset }, text: '' };
  const comma = commaAfter(text, end);
  if (previous)
    return { span: { start: previous.offset + previous.length, end: comma ?? end }, text: comma ? ',' : '' };
  return { span: { start: property.offset, end: comma ?? end }, text: '' };
}

/** Appends `"key": value` to an object, in the layout of what stands in it. */
export function insertProperty(text: string, object: Node, key: string, value: string): TextChange {
  return append(text, object, `${JSON.stringify(key)}: ${value}`);
}

/** Appends an element to an array, in the layout of what stands in it. */
export function appendElement(text: string, array: Node, element: string): TextChange {
  return append(text, array, element);
}

function append(text: string, container: Node, item: string): TextChange {
  const last = lastChild(container);
  if (!last) return { span: { start: container.offset + 1, end: container.offset + 1 }, text: item };
  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  const at = comma ?? end;
  return { span: { start: at, end: at }, text: `${comma ? '' : ','}${separatorBefore(text, last)}${item}` };
}

/** The blanks that stand before an element: a line break with its indent, or what separates elements on one line. */
function separatorBefore(text: string, element: Node): string {
  let start = element.offset;
  while (start > 0 && /\s/.test(text[start - 1]!)) start--;
  const blanks = text.slice(start, element.offset);
  const lineBreak = Math.max(blanks.lastIndexOf('\r\n'), blanks.lastIndexOf('\n'));
  return lineBreak >= 0 ? blanks.slice(blanks[lineBreak - 1] === '\r' ? lineBreak - 1 : lineBreak) : ' ';
}

/** The offset behind the comma that follows, if one does. */
function commaAfter(text: string, offset: number): number | undefined {
  const comma = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*,/y;
  comma.lastIndex = offset;
  return comma.test(text) ? comma.lastIndex : undefined;
}
