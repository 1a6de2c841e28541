import type { Span } from './diagnostics';
import type { JsonPath } from './types';
import type { LayerUnit } from './units';

/** One element of `model.network`, as far as it can be read. */
export interface LayerEntry {
  readonly path: JsonPath;
  readonly span: Span;
  /** As written, or the default. */
  readonly name: string;
  /** Absent where the name is the default. */
  readonly nameSpan?: Span;
  /** Canonical; absent where it is unknown. */
  readonly type?: string;
  readonly typeSpan?: Span;
  readonly value: unknown;
  readonly inputs: readonly LayerReference[];
}

/** The elements of `model.network`, made where they are looked at. */
export interface LayerEntries {
  readonly length: number;
  at(index: number): LayerEntry;
}

/** The name of a layer, or `"data"`, that another layer takes its input from. */
export interface LayerReference {
  readonly name: string;
  /** Absent where nothing is written: the layer before is meant. */
  readonly span?: Span;
  readonly path: JsonPath;
}

/** The name of the network's input. */
export const dataName = 'data';

/** A layer at its place in a version of the document. Where the things in it stand, is looked up when it is asked for. */
export class PlacedLayer implements LayerEntry {
  constructor(
    readonly unit: LayerUnit,
    readonly start: number,
    /** Name of the layer before. */
    readonly previous: string,
  ) {}

  get path(): JsonPath {
    return this.unit.path;
  }

  get span(): Span {
    return { start: this.start, end: this.start + this.unit.length };
  }

  get name(): string {
    return this.unit.name;
  }

  get nameSpan(): Span | undefined {
    return this.placed(this.unit.places.name);
  }

  get type(): string | undefined {
    return this.unit.type;
  }

  get typeSpan(): Span | undefined {
    return this.placed(this.unit.places.type);
  }

  get value(): unknown {
    return this.unit.element.value;
  }

  get inputs(): readonly LayerReference[] {
    const { written, path } = this.unit;
    if (!written) return [{ name: this.previous, path }];
    return written.map(({ name, key }, index) => new PlacedReference(this, name, [...path, ...key], index));
  }

  /** Names of the layers that it takes its input from. */
  get inputNames(): readonly string[] {
    return this.unit.written?.map(({ name }) => name) ?? [this.previous];
  }

  placed(span: Span | undefined): Span | undefined {
    return span && { start: this.start + span.start, end: this.start + span.end };
  }
}

/** Layers at their places in a version of the document. */
export class PlacedLayers implements LayerEntries {
  constructor(
    private readonly units: readonly LayerUnit[],
    private readonly starts: Int32Array,
  ) {}

  get length(): number {
    return this.units.length;
  }

  at(index: number): PlacedLayer {
    return new PlacedLayer(this.units[index]!, this.starts[index]!, this.units[index - 1]?.name ?? dataName);
  }
}

class PlacedReference implements LayerReference {
  constructor(
    private readonly layer: PlacedLayer,
    readonly name: string,
    readonly path: JsonPath,
    private readonly index: number,
  ) {}

  get span(): Span | undefined {
    return this.layer.placed(this.layer.unit.places.inputs[this.index]);
  }
}
