import type { Node } from 'jsonc-parser';
import { unusedInside } from './checks/innerOutputs';
import { tidyLayer } from './checks/tidy';
import { marks, type Splice, splicedColumn, splicedList } from './columns';
import type { Diagnostic, Span } from './diagnostics';
import type { Division } from './division';
import { type Element, elementPath } from './element';
import type { FrameReading } from './frame';
import { LoneLayer } from './loneLayer';
import { hasName, layerName } from './places';
import { layerType, readLayer, type SoundLayer } from './read';
import { childValue } from './schema';
import { stringSpans } from './stringSpans';
import { nodeAt, spanOf } from './tree';
import type { JsonPath } from './types';
import { explained, type LayerErrors, validateLayers } from './validate';

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
  /** What the JSON Schema says, and what could be tidier; with the number that the element had when it was read. */
  readonly diagnostics: readonly Diagnostic[];
  /** The same for another number; not for a layer that is called by it. */
  numbered(index: number): LayerUnit;
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
  /** 1 for each unit that has diagnostics. */
  readonly noted: Uint8Array;
  /** 1 for each unit without a layer. */
  readonly broken: Uint8Array;
  /** 1 for each unit in which `use_bias` is written. */
  readonly biased: Uint8Array;
  /** 1 for each unit of a block. */
  readonly blocks: Uint8Array;
}

/**
 * A unit for each element; those of before whose element and frame are the same are kept.
 *
 * @param splice the elements that may be others than before; nothing: all
 */
export function readUnits(division: Division, frame: FrameReading, previous?: Units, splice?: Splice): Units {
  const known = previous?.frame.key === frame.key ? previous : undefined;
  if (!known || !splice) return readAll(division, frame, known?.units ?? []);
  const { at, removed, inserted } = splice;
  const old = known.units.slice(at, at + removed);
  const read = unitsOf(division, frame, places(at, at + inserted), (index) => old[index - at]);
  const units = splicedList(known.units, splice, read);
  const column = (before: Uint8Array, isMarked: (unit: LayerUnit) => boolean) => {
    const after = splicedColumn(before, splice);
    after.set(marks(read, isMarked), at);
    return after;
  };
  const all = {
    division,
    frame,
    units,
    noted: column(known.noted, isNoted),
    broken: column(known.broken, isBroken),
    biased: column(known.biased, isBiased),
    blocks: column(known.blocks, isBlock),
  };
  return removed === inserted ? all : renumbered(all, at + inserted);
}

function readAll(division: Division, frame: FrameReading, known: readonly LayerUnit[]): Units {
  const units = unitsOf(division, frame, places(0, division.elements.length), (index) => known[index]);
  const column = (isMarked: (unit: LayerUnit) => boolean) => marks(units, isMarked);
  return {
    division,
    frame,
    units,
    noted: column(isNoted),
    broken: column(isBroken),
    biased: column(isBiased),
    blocks: column(isBlock),
  };
}

function isNoted({ diagnostics }: LayerUnit): boolean {
  return diagnostics.length > 0;
}

function isBroken({ layer }: LayerUnit): boolean {
  return layer === undefined;
}

function isBiased({ element }: LayerUnit): boolean {
  return childValue(element.value, 'use_bias') !== undefined;
}

function isBlock({ type }: LayerUnit): boolean {
  return type === 'block';
}

function places(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The units from a place on have other numbers now; a layer that is called by its number is read again. */
function renumbered({ units, ...other }: Units, from: number): Units {
  const { division, frame } = other;
  const read = unitsOf(division, frame, places(from, units.length), (index) => withNumber(units[index]!, index));
  return { ...other, units: [...units.slice(0, from), ...read] };
}

function withNumber(unit: LayerUnit, index: number): LayerUnit | undefined {
  return hasName(unit.element.value) ? unit.numbered(index) : undefined;
}

/** The units of some elements, of which those that are known and of the same elements are kept. */
function unitsOf(
  division: Division,
  frame: FrameReading,
  indices: readonly number[],
  known: (index: number) => LayerUnit | undefined,
): LayerUnit[] {
  const kept = indices.map((index) => {
    const unit = known(index);
    return isOf(unit, division.elements[index]!) && unit.path[2] === index ? unit : undefined;
  });
  const fresh = indices.filter((_, place) => !kept[place]);
  const values = fresh.map((index) => division.elements[index]!.value);
  const errors = validateLayers(frame.document.value, values);
  let next = 0;
  return indices.map((index, place) => kept[place] ?? unitOf(division, frame, index, errors.get(next++)));
}

/** An element with the same text is the same, but for one that did not end where its text ends. */
function isOf(unit: LayerUnit | undefined, element: Element): unit is LayerUnit {
  if (unit === undefined) return false;
  const known = unit.element;
  return (
    known === element ||
    (element.isSound && known.isSound && known.text === element.text && known.isTorn === element.isTorn)
  );
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
    // Of a text that lacks a bracket nobody knows what it is to say.
    element.isTorn ? [] : [...diagnostics, ...tidyLayer(alone, index, value), ...insideOf(alone, value, path, slips)],
  );
}

function insideOf(alone: LoneLayer, value: unknown, path: JsonPath, slips: readonly unknown[]): Diagnostic[] {
  return slips.length === 0 ? unusedInside(alone, value, path) : [];
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

  numbered(index: number): LayerUnit {
    const { element, length, name, type, written, layer, isApproximate, diagnostics } = this;
    const path = elementPath(index);
    const unit = new ReadUnit(
      element,
      length,
      path,
      name,
      type,
      written,
      layer && { ...layer, path },
      isApproximate,
      diagnostics,
    );
    unit.#places = this.#places;
    return unit;
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

/** To find the name, the type and the inputs of a layer, its text need not be parsed, as long as they are nothing but strings. */
function placesIn(unit: LayerUnit): Places {
  const { element, written } = unit;
  const key = written?.[0]?.key[0] === 'inputs' ? 'inputs' : 'input';
  const spans = element.isStrict ? stringSpans(element.text, ['name', 'type', key]) : undefined;
  const [name, type, inputs = []] = spans ?? [];
  if (!spans || (name?.length ?? 1) !== 1 || (type?.length ?? 1) !== 1 || inputs.length < (written?.length ?? 0))
    return placesOf(element.node(), unit);
  const hasName = childValue(element.value, 'name') === unit.name;
  return {
    name: hasName ? name?.[0] : undefined,
    type: type?.[0],
    inputs: (written ?? []).map((_, index) => inputs[index]),
  };
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
