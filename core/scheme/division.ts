import type { Node } from 'jsonc-parser';
import { marks, type Splice, splicedColumn, splicedList, unchanged } from './columns';
import { DividedDocument } from './dividedDocument';
import { parseScheme, type SchemeDocument } from './document';
import { type Element, elementFrom, readElement } from './element';
import type { Move } from './moved';
import { type Change, type Outline, openings, outlineFrom, type Rescan, rescan } from './outline';
import type { ScannedValue } from './scan';
import { nodeAt } from './tree';
import { withNetwork } from './values';

/**
 * A document as the elements of its network and the frame around them, each read by itself: after an edit inside of one
 * element the others are what they were, wherever they stand now. The tree of the whole is made where somebody looks at it.
 */
export interface Division {
  readonly document: SchemeDocument;
  readonly frame: Frame;
  readonly elements: readonly Element[];
  /** Where each element begins. */
  readonly starts: Int32Array;
  /** 1 for each element of whose text there is something to say. */
  readonly noted: Uint8Array;
  /** Absent where the document could only be read whole. */
  readonly outline?: Outline;
}

/** The scheme without the elements of its network, as a document of its own. */
export interface Frame {
  readonly document: SchemeDocument;
  readonly hasElements: boolean;
}

/** A division, and in which elements it differs from the one before; nothing where all may be others. */
export interface Divided {
  readonly division: Division;
  readonly splice?: Splice;
}

/**
 * Divides a text; never throws. What the document of before said about parts that are the same, is taken over. A frame that
 * is torn has no elements: nobody can tell what of it belongs to the network.
 */
export function divide(text: string, previous?: Division): Divided {
  if (previous?.document.text === text) return { division: previous, splice: unchanged };
  const again = previous?.outline && rescan(text, previous.outline, changeBetween(previous.document.text, text));
  let torn: Division | undefined;
  for (const open of openings(text)) {
    const isAgain = again?.outline.open === open && hasElements(previous!);
    const found = isAgain ? again : outlineFrom(text, open);
    const frame = found && frameOf(text, found.outline, previous);
    if (frame?.state === 'elsewhere' || !frame) continue;
    if (frame.state === 'sound') return divided(text, found!, frame, previous, isAgain) ?? { division: whole(text) };
    torn ??= division(text, found!.outline, [], frame, new Uint8Array());
  }
  return { division: torn ?? whole(text) };
}

/** Where an offset in the frame is in the document. */
export function frameMove({ outline }: Division): Move {
  if (!outline) return (offset) => offset;
  const by = outline.close - outline.open - 1;
  return (offset) => (offset > outline.open ? offset + by : offset);
}

/** Where the frame ends: what it says about the text of its network, it says about an empty one. */
export function sameFrame(one: Frame, other: Frame): boolean {
  return one === other || (one.document.text === other.document.text && one.hasElements === other.hasElements);
}

/** Whether the elements that stand in the text are known: those of a torn frame are not. */
function hasElements({ outline, elements }: Division): boolean {
  return elements.length === outline?.starts.length;
}

/** @param isAgain only what is another than in the previous division was scanned */
function divided(
  text: string,
  { outline, at, removed, scanned }: Rescan,
  frame: FoundFrame,
  previous: Division | undefined,
  isAgain: boolean,
): Divided | undefined {
  const known = previous?.outline && !isAgain ? previous.elements : [];
  const fresh = scanned.map((value, index) => elementOf(text, value, known[index]));
  if (!areRead(fresh)) return undefined;
  const notes = marks(fresh, ({ diagnostics }) => diagnostics.length > 0);
  if (!isAgain) return { division: division(text, outline, fresh, frame, notes) };
  const splice = { at, removed, inserted: fresh.length };
  const elements = splicedList(previous!.elements, splice, fresh);
  const noted = splicedColumn(previous!.noted, splice);
  noted.set(notes, at);
  return { division: division(text, outline, elements, frame, noted), splice };
}

function elementOf(text: string, value: ScannedValue, known: Element | undefined): Element | undefined {
  const source = text.slice(value.start, value.end);
  return known?.text === source && known.isTorn === value.isTorn ? known : readElement(source, value);
}

function areRead(elements: readonly (Element | undefined)[]): elements is readonly Element[] {
  return !elements.includes(undefined);
}

interface FoundFrame extends Frame {
  /** Whether the network is where it was looked for, at another place, or cannot be told because of a slip. */
  readonly state: 'sound' | 'elsewhere' | 'torn';
}

/** The text around the elements, as its parser sees it. */
function frameOf(text: string, outline: Outline, previous: Division | undefined): FoundFrame {
  const source = text.slice(0, outline.open + 1) + text.slice(outline.close);
  const hasElements = outline.starts.length > 0;
  const known = previous?.outline?.open === outline.open && previous.elements.length > 0 ? previous.frame : undefined;
  if (known?.hasElements === hasElements && known.document.text === source) return { ...known, state: 'sound' };
  const document = parseScheme(source);
  const network = nodeAt(document.root, ['model', 'network']);
  const isHere = network?.type === 'array' && network.offset === outline.open && network.length === 2;
  if (isHere) return { document, hasElements, state: 'sound' };
  const isTorn = network === undefined && document.diagnostics.some(({ code }) => code === 'scheme/syntax');
  return { document, hasElements: false, state: isTorn ? 'torn' : 'elsewhere' };
}

function division(
  text: string,
  outline: Outline,
  elements: readonly Element[],
  { document, hasElements }: Frame,
  noted: Uint8Array,
): Division {
  const frame = { document, hasElements };
  const starts = elements.length > 0 ? outline.starts : new Int32Array();
  return {
    document: new DividedDocument(text, outline, elements, document, noted),
    frame,
    elements,
    starts,
    noted,
    outline,
  };
}

/** A document that is divided although it can only be read whole: its frame knows where everything stands. */
function whole(text: string): Division {
  const document = parseScheme(text);
  const network = nodeAt(document.root, ['model', 'network']);
  const nodes: readonly Node[] = network?.type === 'array' ? (network.children ?? []) : [];
  const value = nodes.length > 0 ? withNetwork(document.value, []) : document.value;
  const elements = nodes.map((node) => elementFrom(text, node));
  return {
    document,
    frame: { document: { ...document, value }, hasElements: nodes.length > 0 },
    elements,
    starts: Int32Array.from(nodes, ({ offset }) => offset),
    noted: new Uint8Array(elements.length),
  };
}

/** The part of the first text that is another in the second, and by how much longer it is there. */
function changeBetween(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  const start = longest(shorter, (from, to) => before.slice(from, to) === after.slice(from, to));
  const same = longest(shorter - start, (from, to) => lastOf(before, from, to) === lastOf(after, from, to));
  return { start, end: before.length - same, by: after.length - before.length };
}

/** A part of a text, counted from its end. */
function lastOf(text: string, from: number, to: number): string {
  return text.slice(text.length - to, text.length - from);
}

/** How far, up to a limit, two texts are the same: each part is compared once, as a whole. */
function longest(limit: number, isSame: (from: number, to: number) => boolean): number {
  let [least, most] = [0, limit];
  while (least < most) {
    const middle = least + Math.ceil((most - least) / 2);
    if (isSame(least, middle)) least = middle;
    else most = middle - 1;
  }
  return least;
}
