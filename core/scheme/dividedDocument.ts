import type { Node, NodeType } from 'jsonc-parser';
import { marked } from './columns';
import type { Diagnostic } from './diagnostics';
import type { ElementsAround, SchemeDocument } from './document';
import { type Element, movedNode, type NodeInMaking } from './element';
import { type Move, movedDiagnostic } from './moved';
import { lastBefore, type Outline } from './outline';
import { comment, gapDiagnostics, superfluousComma } from './syntax';
import { type ListNode, type NumberedNode, nodeAt } from './tree';
import { withNetwork } from './values';

/** A document made of the elements of its network and of the frame around them; what nobody asks for is not made. */
export class DividedDocument implements SchemeDocument {
  #root?: Node;
  #value?: unknown;
  #diagnostics?: readonly Diagnostic[];

  /** @param noted the elements of whose text there is something to say */
  constructor(
    readonly text: string,
    private readonly outline: Outline,
    private readonly elements: readonly Element[],
    private readonly frame: SchemeDocument,
    private readonly noted: Uint8Array,
  ) {}

  get root(): Node | undefined {
    this.#root ??= this.frame.root && this.wholeTree(this.frame.root);
    return this.#root;
  }

  get value(): unknown {
    this.#value ??=
      this.elements.length === 0
        ? this.frame.value
        : withNetwork(
            this.frame.value,
            this.elements.map(({ value }) => value),
          );
    return this.#value;
  }

  get diagnostics(): readonly Diagnostic[] {
    this.#diagnostics ??= [...this.outer(), ...this.inner()];
    return this.#diagnostics;
  }

  elementsAround(offset: number): ElementsAround | undefined {
    const { elements, outline } = this;
    if (elements.length === 0 || offset <= outline.open || offset > outline.close) return undefined;
    const last = lastBefore(outline.ends, offset);
    const next = lastBefore(outline.starts, offset + 1) + 1;
    return {
      ...(last < 0
        ? {}
        : { before: { span: { start: outline.starts[0]!, end: outline.ends[last]! }, count: last + 1 } }),
      ...(next < elements.length ? { behind: { start: outline.starts[next]!, end: outline.close } } : {}),
    };
  }

  private wholeTree(frame: Node): Node {
    const { open, close } = this.outline;
    const network = nodeAt(frame, ['model', 'network']);
    return stretched(frame, open, close - open - 1, (node, copy) =>
      node === network && this.elements.length > 0 ? new NetworkNode(copy, this.outline, this.elements) : copy,
    );
  }

  private outer(): Diagnostic[] {
    const { comments, slips, trailingComma, open, close } = this.outline;
    const move: Move = (offset) => (offset > open ? offset + close - open - 1 : offset);
    const around = this.frame.diagnostics.map((diagnostic) => movedDiagnostic(diagnostic, move));
    // Where the frame is torn, its slip is all that there is to be said.
    if (this.elements.length === 0 && this.outline.starts.length > 0) return around;
    return [
      ...around,
      ...comments.map((span) => comment(this.text, span)),
      ...gapDiagnostics(this.text, comments, slips),
      ...(trailingComma ? [superfluousComma(trailingComma)] : []),
    ];
  }

  private inner(): Diagnostic[] {
    return marked(this.noted).flatMap((index) => {
      const start = this.outline.starts[index]!;
      return this.elements[index]!.diagnostics.map((diagnostic) =>
        movedDiagnostic(diagnostic, (offset) => offset + start, index),
      );
    });
  }
}

/** The network in the whole document's tree, whose elements are made one by one. */
class NetworkNode implements ListNode {
  readonly type = 'array';
  readonly offset: number;
  readonly length: number;
  readonly parent: Node | undefined;
  readonly #nodes = new Map<number, Node>();
  #children?: Node[];

  constructor(
    { offset, length, parent }: Node,
    private readonly outline: Outline,
    private readonly elements: readonly Element[],
  ) {
    this.offset = offset;
    this.length = length;
    this.parent = parent;
  }

  get children(): Node[] {
    this.#children ??= this.elements.map((_, index) => this.elementAt(index)!);
    return this.#children;
  }

  get count(): number {
    return this.elements.length;
  }

  elementAt(index: number): Node | undefined {
    const element = this.elements[index];
    const known = this.#nodes.get(index);
    if (known || !element) return known;
    const { starts, ends } = this.outline;
    const start = starts[index]!;
    const node = new ElementNode(element, start, ends[index]! - start, this, index);
    this.#nodes.set(index, node);
    return node;
  }

  elementAround(offset: number, orEnds: boolean): Node | undefined {
    const { starts, ends } = this.outline;
    const index = lastBefore(starts, offset + 1);
    if (index >= 0 && offset < ends[index]! && !(orEnds && ends[index - 1] === offset)) return this.elementAt(index);
    const before = offset === starts[index] ? index - 1 : index;
    return orEnds && ends[before] === offset ? this.elementAt(before) : undefined;
  }
}

/** An element in the whole document's tree, read when somebody looks into it. */
class ElementNode implements NumberedNode {
  #children?: Node[];

  constructor(
    private readonly element: Element,
    readonly offset: number,
    readonly length: number,
    readonly parent: Node,
    readonly index: number,
  ) {}

  get type(): NodeType {
    return this.element.type;
  }

  get value(): unknown {
    return this.type === 'object' ? undefined : this.element.value;
  }

  get children(): Node[] | undefined {
    if (this.type !== 'object') return undefined;
    this.#children ??= (this.element.node().children ?? []).map((child) => movedNode(child, this.offset, this));
    return this.#children;
  }
}

/** The tree of a frame with room between the network's brackets. */
function stretched(node: Node, open: number, by: number, made: (node: Node, copy: Node) => Node, parent?: Node): Node {
  const moved = (offset: number) => (offset > open ? offset + by : offset);
  const offset = moved(node.offset);
  const length = node.length < 0 ? node.length : moved(node.offset + node.length) - offset;
  const copy: NodeInMaking = { ...node, offset, length, parent };
  if (node.colonOffset !== undefined) copy.colonOffset = moved(node.colonOffset);
  if (node.children) copy.children = node.children.map((child) => stretched(child, open, by, made, copy));
  return made(node, copy);
}
