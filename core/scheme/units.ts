import type { Node } from 'jsonc-parser';
import { tidyLayer } from './checks/tidy';
import type { Diagnostic, Span } from './diagnostics';
import type { Division } from './division';
import { nodeAt, type SchemeDocument, spanOf } from './document';
import { type Element, elementPath } from './element';
import type { FrameReading } from './frame';
import { stringSpans } from './outline';
import { layerName } from './places';
import { layerType, readLayer, type SoundLayer } from './read';
import { childValue } from './schema';
import type { JsonPath } from './types';
import { explained, type LayerErrors, validateLayers } from './validate';
import { withNetwork } from './values';

/**
 * What follows from one element of the network, its number and the scheme around the network: everything about a layer that
 * needs no other layer. Offsets are relative to the element's start.
 */
export interface LayerUnit {
  readonly element: Element;
  readonly length: number;
  readonly path: JsonPath;
  /** As written, or the default. */
  readonly name: string;
  /** Canonical; absent where it is unknown. */
  readonly type?: string;
  /** Its inputs, where some are written. */
  readonly written?: readonly WrittenInput[];
  /** Where name, type and inputs stand. */
  readonly places: Places;
  /** Absent where something is wrong that the layer's shape could depend on. */
  readonly layer?: SoundLayer;
  /** There is a stand-in for a value that is wrong: the layer is right in its shape, and in nothing else. */
  readonly isApproximate: boolean;
  /** What the JSON Schema says, and what could be tidier. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface WrittenInput {
  readonly name: string;
  /** Below the layer's path. */
  readonly key: JsonPath;
}

export interface Places {
  /** Absent where the name is the default. */
  readonly name?: Span;
  readonly type?: Span;
  readonly inputs: readonly (Span | undefined)[];
}

export interface Units {
  readonly division: Division;
  readonly frame: FrameReading;
  readonly units: readonly LayerUnit[];
}

/** A unit for each element; those of before whose element and frame are the same are kept. */
export function readUnits(division: Division, frame: FrameReading, previous?: Units): Units {
  const known = previous?.frame.key === frame.key ? previous.units : [];
  const units = division.elements.map((element, index) => (isOf(known[index], element) ? known[index] : undefined));
  const fresh = division.elements.flatMap((_, index) => (units[index] ? [] : [index]));
  const errors = validateLayers(
    frame.document.value,
    fresh.map((index) => division.elements[index]!.value),
  );
  fresh.forEach((index, place) => {
    units[index] = unitOf(division, frame, index, errors.get(place));
  });
  return { division, frame, units: units as LayerUnit[] };
}

/** An element with the same text is the same, but for one that did not end where its text ends. */
function isOf(unit: LayerUnit | undefined, element: Element): unit is LayerUnit {
  if (unit === undefined) return false;
  return unit.element === element || (element.isSound && unit.element.isSound && unit.element.text === element.text);
}

function unitOf({ elements, document }: Division, frame: FrameReading, index: number, errors?: LayerErrors): LayerUnit {
  const element = elements[index]!;
  const { value } = element;
  const alone = new LoneLayer(frame.document.value, element, index);
  const { diagnostics, invalid } = explained(alone, errors ?? [], index);
  const slips = invalid.map((path) => path[3]);
  const name = layerName(value, index);
  const path = elementPath(index);
  const sound = frame.isSound ? soundValue(value, slips) : undefined;
  const node = element.isSound ? undefined : nodeAt(document.root, path);
  return new ReadUnit(
    element,
    node?.length ?? element.text.length,
    path,
    name,
    layerType(value),
    writtenInputs(value),
    sound === undefined ? undefined : readLayer(sound, path, name, frame.document.value),
    slips.length > 0,
    [...diagnostics, ...tidyLayer(alone, index, value)],
  );
}

class ReadUnit implements LayerUnit {
  #places?: Places;

  constructor(
    readonly element: Element,
    readonly length: number,
    readonly path: JsonPath,
    readonly name: string,
    readonly type: string | undefined,
    readonly written: readonly WrittenInput[] | undefined,
    readonly layer: SoundLayer | undefined,
    readonly isApproximate: boolean,
    readonly diagnostics: readonly Diagnostic[],
  ) {}

  get places(): Places {
    this.#places ??= placesIn(this);
    return this.#places;
  }
}

function writtenInputs(value: unknown): WrittenInput[] | undefined {
  const inputs = childValue(value, 'inputs');
  if (inputs !== undefined) {
    const names: readonly unknown[] = Array.isArray(inputs) ? inputs : [];
    return names.flatMap((name, index) => (typeof name === 'string' ? [{ name, key: ['inputs', index] }] : []));
  }
  const input = childValue(value, 'input');
  return typeof input === 'string' ? [{ name: input, key: ['input'] }] : undefined;
}

/** Most layers have a name, a type and at most one input: to find these, the text need not be parsed. */
function placesIn(unit: LayerUnit): Places {
  const { element, written = [] } = unit;
  const isShort = element.isStrict && written.every(({ key }) => key.length === 1);
  const spans = isShort ? stringSpans(element.text, ['name', 'type', 'input']) : undefined;
  if (!spans) return placesOf(element.node(), unit);
  const [name, type, input] = spans;
  const hasName = name !== undefined && childValue(element.value, 'name') === unit.name;
  return { name: hasName ? name : undefined, type, inputs: written.map(() => input) };
}

function placesOf(node: Node, { name, written = [] }: LayerUnit): Places {
  const nameNode = nodeAt(node, ['name']);
  const typeNode = nodeAt(node, ['type']);
  return {
    name: nameNode?.value === name ? spanOf(nameNode) : undefined,
    type: typeNode && spanOf(typeNode),
    inputs: written.map(({ key }) => {
      const input = nodeAt(node, key);
      return input && spanOf(input);
    }),
  };
}

/** A document in which the layer is the only thing that is read: it begins where the layer begins. */
class LoneLayer implements SchemeDocument {
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

/** Keys that have no say in a layer's shape, with a value that stands in for a wrong one: the shapes stay known meanwhile. */
const standIns: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  ['name', 'layer'],
  ['activation', 'linear'],
  ['batch_normalization', false],
  ['dropout', 0],
  ['use_bias', true],
  ['rate', 0],
]);

/** A layer's value that the schema accepts; `undefined` where its shape cannot be known. */
function soundValue(value: unknown, slips: readonly unknown[]): unknown {
  if (!slips.every((key) => standIns.has(key))) return undefined;
  return slips.length === 0
    ? value
    : { ...(value as object), ...Object.fromEntries(slips.map((key) => [key, standIns.get(key)])) };
}
