import type { Node } from 'jsonc-parser';
import type { Diagnostic } from './diagnostics';
import type { SchemeDocument } from './document';
import type { Element } from './element';
import { withNetwork } from './values';

/** A document in which the layer is the only thing that is read: it begins where the layer begins. */
export class LoneLayer implements SchemeDocument {
  readonly diagnostics: readonly Diagnostic[] = [];
  #root?: Node;
  #value?: unknown;

  constructor(
    private readonly frame: unknown,
    private readonly element: Element,
    private readonly index: number,
  ) {}

  get text(): string {
    return this.element.text;
  }

  get root(): Node {
    this.#root ??= objectWith('model', objectWith('network', arrayWith(this.index, this.element.node())));
    return this.#root;
  }

  get value(): unknown {
    this.#value ??= withNetwork(this.frame, elementAlone(this.index, this.element.value));
    return this.#value;
  }
}

function objectWith(key: string, value: Node): Node {
  const place = { offset: 0, length: 0 };
  const property: Node = { ...place, type: 'property', children: [{ ...place, type: 'string', value: key }, value] };
  return { ...place, type: 'object', children: [property] };
}

function arrayWith(index: number, element: Node): Node {
  return { type: 'array', offset: 0, length: 0, children: elementAlone(index, element) };
}

/** A list with holes. */
function elementAlone<T>(index: number, element: T): T[] {
  const list: T[] = [];
  list[index] = element;
  return list;
}
