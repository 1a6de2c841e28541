import { type Splice, splicedList } from '../scheme/columns';
import { divide } from '../scheme/division';
import { readFrame } from '../scheme/frame';
import { dataName } from '../scheme/layers';
import { References } from '../scheme/references';
import type { Layer } from '../scheme/types';
import { type LayerUnit, readUnits, type Units } from '../scheme/units';
import { dataInput, type Inference, inferShapes, type ShapeSources } from './infer';

/**
 * What is kept from version to version: all of it is per layer, or about what stands around the layers. Each list has one
 * entry for each element; after an edit it is a copy with other entries where they are others.
 */
export interface Parts {
  readonly units: Units;
  readonly sources: ShapeSources;
  readonly inference: Inference;
  /** The last version in which the layers and the data were known, if they are not: what is mended is as it was then. */
  readonly asleep?: Parts;
}

/** @param last the parts of the text before an edit */
export function partsOf(text: string, last: Parts | undefined): Parts {
  const previous = last?.asleep ?? last;
  const { division, splice } = divide(text, previous?.units.division);
  const frame = readFrame(division.frame, previous?.units.frame);
  const units = readUnits(division, frame, previous?.units, splice);
  const data = frame.data && dataInput(frame.data.sampleShape, frame.data.vocabulary);
  // The layers of another frame are others all of them.
  const kept = previous && splice && previous.units.frame.key === frame.key ? { ...previous, splice } : undefined;
  const references = referencesOf(units, kept);
  const sources = { layers: readLayers(units, kept), references, data };
  const parts = { units, sources, inference: inferShapes(sources, kept) };
  return isAwake(parts) || !previous || !isAwake(previous) ? parts : { ...parts, asleep: previous };
}

/** Whether the layers and what goes into the first are known. */
function isAwake({ units: { division }, sources }: Parts): boolean {
  return sources.data !== undefined && division.outline?.starts.length === division.elements.length;
}

interface KeptParts extends Parts {
  readonly splice: Splice;
}

function readLayers({ units }: Units, kept: KeptParts | undefined): (Layer | undefined)[] {
  if (!kept) return units.map((_, index) => layerWithInputs(units, index));
  const { at, removed, inserted } = kept.splice;
  const layers = splicedList(
    kept.sources.layers,
    kept.splice,
    units.slice(at, at + inserted).map(() => undefined),
  );
  // The layer behind may take the output of another, and those further on may have other numbers.
  const end = removed === inserted ? Math.min(at + inserted + 1, units.length) : units.length;
  for (let index = at; index < end; index++) {
    const isSame = index >= at + inserted && layers[index] !== undefined && sameInputs(layers[index]!, units, index);
    if (!isSame) layers[index] = layerWithInputs(units, index);
  }
  return layers;
}

function layerWithInputs(units: readonly LayerUnit[], index: number): Layer | undefined {
  const { layer } = units[index]!;
  return layer && { ...layer, inputs: inputNames(units, index) };
}

function sameInputs({ inputs, path }: Layer, units: readonly LayerUnit[], index: number): boolean {
  const { layer, written } = units[index]!;
  return layer?.path === path && (written !== undefined || inputs[0] === inputNames(units, index)[0]);
}

function inputNames(units: readonly LayerUnit[], index: number): readonly string[] {
  return units[index]!.written?.map(({ name }) => name) ?? [units[index - 1]?.name ?? dataName];
}

/** Who takes what from whom hangs on names alone. */
function referencesOf({ units }: Units, kept: KeptParts | undefined): References {
  if (!kept) return new References(units);
  const { at, removed, inserted } = kept.splice;
  const isSame =
    removed === inserted &&
    units.slice(at, at + inserted).every((unit, index) => sameNames(unit, kept.units.units[at + index]!));
  return isSame ? kept.sources.references : new References(units);
}

function sameNames(one: LayerUnit, other: LayerUnit): boolean {
  return one === other || (one.name === other.name && JSON.stringify(one.written) === JSON.stringify(other.written));
}
