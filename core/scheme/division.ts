import type { Node } from 'jsonc-parser';
import type { Diagnostic, Span } from './diagnostics';
import { nodeAt, parseScheme, type SchemeDocument } from './document';
import { type Element, elementFrom, movedNode, type NodeInMaking, readElement } from './element';
import { type Move, movedDiagnostic } from './moved';
import { elementAt, type Outline, outlineOf, withElement } from './outline';
import { comment, superfluousComma } from './syntax';
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
  readonly starts: readonly number[];
  /** Absent where the document could only be read whole. */
  readonly outline?: Outline;
}

/** The scheme without the elements of its network, as a document of its own. */
export interface Frame {
  readonly document: SchemeDocument;
  readonly hasElements: boolean;
}

/** Divides a text; never throws. What the document of before said about parts that are the same, is taken over. */
export function divide(text: string, previous?: Division): Division {
  return (previous && edited(text, previous)) ?? divided(text, previous) ?? whole(text);
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

/** The division after an edit inside of one element, which still ends where its text ends; else nothing. */
function edited(text: string, previous: Division): Division | undefined {
  const { outline, document } = previous;
  if (!outline) return undefined;
  const change = changeBetween(document.text, text);
  if (!change) return previous;
  const index = outline.elements.findLastIndex(({ start }) => start < change.start);
  const before = outline.elements[index];
  if (!before || change.end >= before.end) return undefined;
  const span = elementAt(text, before.start);
  if (span?.end !== before.end + change.by) return undefined;
  const element = readElement(text.slice(span.start, span.end), index, span.colons);
  if (!element) return undefined;
  const elements = previous.elements.with(index, element);
  return division(text, withElement(outline, index, span), elements, previous.frame);
}

function divided(text: string, previous: Division | undefined): Division | undefined {
  const outline = outlineOf(text);
  const frame = outline && frameOf(text, outline, previous);
  if (!frame) return undefined;
  const elements: Element[] = [];
  for (const [index, { start, end, colons }] of outline.elements.entries()) {
    const source = text.slice(start, end);
    const known = previous?.outline && previous.elements[index];
    const element = known?.text === source ? known : readElement(source, index, colons);
    if (!element) return undefined;
    elements.push(element);
  }
  return division(text, outline, elements, frame);
}

/** The text around the elements, if its parser finds the network there as well. */
function frameOf(text: string, outline: Outline, previous: Division | undefined): Frame | undefined {
  const source = text.slice(0, outline.open + 1) + text.slice(outline.close);
  const hasElements = outline.elements.length > 0;
  const known = previous?.outline?.open === outline.open ? previous.frame : undefined;
  if (known?.hasElements === hasElements && known.document.text === source) return known;
  const document = parseScheme(source);
  const network = nodeAt(document.root, ['model', 'network']);
  const isThere = network?.type === 'array' && network.offset === outline.open && network.length === 2;
  return isThere ? { document, hasElements } : undefined;
}

function division(text: string, outline: Outline, elements: readonly Element[], frame: Frame): Division {
  const starts = outline.elements.map(({ start }) => start);
  return { document: new DividedDocument(text, outline, elements, frame), frame, elements, starts, outline };
}

/** A document that is divided although it can only be read whole: its frame knows where everything stands. */
function whole(text: string): Division {
  const document = parseScheme(text);
  const network = nodeAt(document.root, ['model', 'network']);
  const nodes = network?.type === 'array' ? (network.children ?? []) : [];
  const value = nodes.length > 0 ? withNetwork(document.value, []) : document.value;
  return {
    document,
    frame: { document: { ...document, value }, hasElements: nodes.length > 0 },
    elements: nodes.map((node, index) => elementFrom(text, node, index)),
    starts: nodes.map(({ offset }) => offset),
  };
}

class DividedDocument implements SchemeDocument {
  #root?: Node;
  #value?: unknown;
  #diagnostics?: readonly Diagnostic[];

  constructor(
    readonly text: string,
    private readonly outline: Outline,
    private readonly elements: readonly Element[],
    private readonly frame: Frame,
  ) {}

  get root(): Node {
    this.#root ??= this.wholeTree();
    return this.#root;
  }

  get value(): unknown {
    this.#value ??= withNetwork(
      this.frame.document.value,
      this.elements.map(({ value }) => value),
    );
    return this.#value;
  }

  get diagnostics(): readonly Diagnostic[] {
    this.#diagnostics ??= [...this.outer(), ...this.inner()];
    return this.#diagnostics;
  }

  elementsBefore(offset: number): { readonly span: Span; readonly count: number } | undefined {
    const { elements } = this.outline;
    const last = elements.findLastIndex(({ end }) => end < offset);
    if (last < 0) return undefined;
    return { span: { start: elements[0]!.start, end: elements[last]!.end }, count: last + 1 };
  }

  private wholeTree(): Node {
    const { open, close } = this.outline;
    const by = close - open - 1;
    const root = stretched(this.frame.document.root!, open, by);
    const network = nodeAt(root, ['model', 'network'])!;
    const nodes = this.elements.map((element, index) => {
      const { start, end } = this.outline.elements[index]!;
      return new ElementNode(element, start, end - start, network);
    });
    // The frame's network is an array without elements yet.
    for (const node of nodes) network.children!.push(node);
    return root;
  }

  private outer(): Diagnostic[] {
    const { comments, trailingComma, open, close } = this.outline;
    const move: Move = (offset) => (offset > open ? offset + close - open - 1 : offset);
    return [
      ...this.frame.document.diagnostics.map((diagnostic) => movedDiagnostic(diagnostic, move)),
      ...comments.map((span) => comment(this.text, span)),
      ...(trailingComma ? [superfluousComma(trailingComma)] : []),
    ];
  }

  private inner(): Diagnostic[] {
    const found: Diagnostic[] = [];
    for (const [index, { diagnostics }] of this.elements.entries()) {
      if (diagnostics.length === 0) continue;
      const { start } = this.outline.elements[index]!;
      found.push(...diagnostics.map((diagnostic) => movedDiagnostic(diagnostic, (offset) => offset + start)));
    }
    return found;
  }
}

/** An element in the whole document's tree, read when somebody looks into it. */
class ElementNode implements Node {
  readonly type = 'object';
  #children?: Node[];

  constructor(
    private readonly element: Element,
    readonly offset: number,
    readonly length: number,
    readonly parent: Node,
  ) {}

  get children(): Node[] {
    this.#children ??= (this.element.node().children ?? []).map((child) => movedNode(child, this.offset, this));
    return this.#children;
  }
}

/** The tree of a frame with room between the network's brackets. */
function stretched(node: Node, open: number, by: number, parent?: Node): Node {
  const moved = (offset: number) => (offset > open ? offset + by : offset);
  const offset = moved(node.offset);
  const length = node.length < 0 ? node.length : moved(node.offset + node.length) - offset;
  const copy: NodeInMaking = { ...node, offset, length, parent };
  if (node.colonOffset !== undefined) copy.colonOffset = moved(node.colonOffset);
  if (node.children) copy.children = node.children.map((child) => stretched(child, open, by, copy));
  return copy;
}

/** The part of the first text that is another in the second, and by how much longer it is there; nothing between equals. */
function changeBetween(before: string, after: string): { start: number; end: number; by: number } | undefined {
  if (before === after) return undefined;
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
