import { checkBatch } from '../scheme/checks/training';
import { marked } from '../scheme/columns';
import type { Diagnostic } from '../scheme/diagnostics';
import { frameMove } from '../scheme/division';
import type { SchemeDocument } from '../scheme/document';
import { dataName, type LayerEntry, PlacedLayer, PlacedLayers } from '../scheme/layers';
import { type Move, movedDiagnostic } from '../scheme/moved';
import { lastBefore } from '../scheme/outline';
import { readExpectations, readExperiment } from '../scheme/read';
import { referenceDiagnostics } from '../scheme/referenceDiagnostics';
import type { Layer, Scheme } from '../scheme/types';
import type { LayerUnit, Units } from '../scheme/units';
import { buildNetwork } from './build';
import type { CheckContext } from './checks/context';
import { flatteningDense } from './checks/flattening';
import { innerNames } from './checks/innerNames';
import { besideBatchNormalization } from './checks/normalization';
import { networkEnd } from './checks/output';
import { type Device, deviceMemory, modelSize, tensorSizes } from './checks/size';
import { tokensNeedEmbedding } from './checks/tokens';
import { unusedOutputs } from './checks/unusedOutput';
import { type InferredLayer, problemDiagnostics } from './infer';
import type { Network, NetworkLayer, Shape } from './network';
import { type Parts, partsOf } from './parts';

/** Everything that can be said about a scheme from its text. */
export interface Analysis {
  readonly document: SchemeDocument;
  /** Present when the scheme could be read completely. */
  readonly scheme?: Scheme;
  /** Present when the network can be built: when there is no error. */
  readonly network?: Network;
  /** One for each element of the network, also of a broken document. */
  readonly layers: readonly LayerAnalysis[];
  /** The same layers, of which only those are made that are looked at. */
  readonly placed: AnalyzedLayers;
  /** Absent of a document that could only be read whole. */
  readonly surroundings?: Surroundings;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The elements of the network by their places. */
export interface AnalyzedLayers {
  readonly length: number;
  at(index: number): LayerAnalysis;
  /** The last that begins before an offset; -1 if none does. */
  lastBefore(offset: number): number;
  /** The first of a name; its own or the default one. */
  indexOf(name: string): number | undefined;
  /** Whether one is a block. */
  readonly hasBlocks: boolean;
  /** What each is as a text, and what its shapes are: the same objects as long as these are the same. */
  readonly units: readonly LayerUnit[];
  readonly inferred: readonly InferredLayer[];
  /** Where the elements begin. */
  readonly starts: Int32Array;
}

/** The scheme around the elements of its network. */
export interface Surroundings {
  /** Stays the same object as long as this text does. */
  readonly identity: object;
  /** Where the network's elements end. */
  readonly close: number;
}

export interface LayerAnalysis extends LayerEntry {
  /** Absent where an input is unknown or broken. */
  readonly inputShapes?: readonly Shape[];
  readonly outputShape?: Shape;
  /** Absent where the layer is broken; its weights' initializers are final in `Analysis.network` only. */
  readonly networkLayer?: NetworkLayer;
}

/** What is known from outside the text. */
export interface AnalyzeOptions {
  /** Samples in the training part of the data. */
  readonly trainingSamples?: number;
  /** What the model is to be trained on. */
  readonly device?: Device;
}

/**
 * Analyzes the text of a scheme; never throws.
 *
 * @param previous the analysis of the text before an edit: what it says about parts that are the same is taken over. The
 * result is the same as without it; an edit inside of one layer costs little more than that layer and those that it changes.
 */
export function analyze(text: string, options: AnalyzeOptions = {}, previous?: Analysis): Analysis {
  const known = previous instanceof SchemeAnalysis ? previous.parts : undefined;
  return new SchemeAnalysis(partsOf(text, known), options);
}

/** What nobody may ask for is made when somebody does. */
class SchemeAnalysis implements Analysis {
  readonly document: SchemeDocument;
  readonly placed: AnalyzedLayers;
  readonly #context: CheckContext;
  readonly #scheme: () => Scheme | undefined;
  readonly #found: () => readonly Diagnostic[];
  readonly #network: () => Network | undefined;
  readonly #layers: () => readonly LayerAnalysis[];
  readonly #diagnostics: () => readonly Diagnostic[];

  constructor(
    readonly parts: Parts,
    options: AnalyzeOptions,
  ) {
    const { units, sources, inference } = parts;
    const { data, training } = units.frame;
    const { starts, document } = units.division;
    this.document = document;
    this.placed = new PlacedAnalyses(parts);
    const entries = new PlacedLayers(units.units, starts);
    this.#context = {
      document,
      entries,
      references: sources.references,
      layers: inference.layers,
      tally: inference.tally,
      biased: units.biased,
      data,
      training,
    };
    this.#scheme = once(() => schemeOf(parts));
    this.#found = once(() => [...findings(parts, entries, options), ...networkChecks(this.#context)]);
    this.#network = once(() => {
      const isBroken = this.#found().some(({ severity }) => severity === 'error');
      return this.scheme && !isBroken
        ? buildNetwork(this.scheme, inference, sources.references.places, units.frame.document.value)
        : undefined;
    });
    this.#layers = once(() => units.units.map((_, index) => this.placed.at(index)));
    this.#diagnostics = once(() => {
      const network = options.device && this.network;
      const beyond = network ? deviceMemory(this.#context, network, options.device!) : [];
      return arranged([...this.#found(), ...beyond]);
    });
  }

  get surroundings(): Surroundings | undefined {
    const { frame, outline } = this.parts.units.division;
    return outline && { identity: frame.document, close: outline.close };
  }

  get scheme(): Scheme | undefined {
    return this.#scheme();
  }

  get network(): Network | undefined {
    return this.#network();
  }

  get layers(): readonly LayerAnalysis[] {
    return this.#layers();
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics();
  }
}

class PlacedAnalyses implements AnalyzedLayers {
  constructor(private readonly parts: Parts) {}

  get length(): number {
    return this.parts.units.units.length;
  }

  get hasBlocks(): boolean {
    return this.parts.units.blocks.includes(1);
  }

  at(index: number): LayerAnalysis {
    const { units, inference } = this.parts;
    const before = units.units[index - 1]?.name ?? dataName;
    return new AnalyzedLayer(units.units[index]!, units.division.starts[index]!, before, inference.layers[index]!);
  }

  lastBefore(offset: number): number {
    return lastBefore(this.parts.units.division.starts, offset);
  }

  indexOf(name: string): number | undefined {
    return this.parts.sources.references.places.get(name);
  }

  get units(): readonly LayerUnit[] {
    return this.parts.units.units;
  }

  get inferred(): readonly InferredLayer[] {
    return this.parts.inference.layers;
  }

  get starts(): Int32Array {
    return this.parts.units.division.starts;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

class AnalyzedLayer extends PlacedLayer implements LayerAnalysis {
  constructor(
    unit: LayerUnit,
    start: number,
    previous: string,
    private readonly inferred: InferredLayer,
  ) {
    super(unit, start, previous);
  }

  get inputShapes(): readonly Shape[] | undefined {
    return this.inferred.inputShapes;
  }

  get outputShape(): Shape | undefined {
    return this.inferred.networkLayer?.outputShape;
  }

  get networkLayer(): NetworkLayer | undefined {
    return this.unit.isApproximate ? undefined : this.inferred.networkLayer;
  }
}

/** The whole scheme, if nothing is wrong with it as a text. */
function schemeOf({ units, sources }: Parts): Scheme | undefined {
  const { data, training, invalid, document } = units.frame;
  const { references, layers } = sources;
  const areNamed = references.repeated.length + references.reserved.length + references.unresolved.length === 0;
  if (!data || !training || !areNamed || units.broken.includes(1)) return undefined;
  const written = [units.division.document.diagnostics, invalid, ...unitDiagnostics(units)];
  if (written.some((diagnostics) => diagnostics.some(({ severity }) => severity === 'error'))) return undefined;
  const network = layers as readonly Layer[];
  const model = { ...training, network };
  return { data, model, experiment: readExperiment(document.value), expect: readExpectations(document.value) };
}

function unitDiagnostics({ units, noted }: Units): (readonly Diagnostic[])[] {
  return marked(noted).map((index) => units[index]!.diagnostics);
}

/** What is said about the text and about each layer. */
function findings({ units, sources, inference }: Parts, entries: PlacedLayers, options: AnalyzeOptions): Diagnostic[] {
  const { document, frame, starts } = { ...units.division, frame: units.frame };
  const { data } = frame;
  const around = [
    ...frame.invalid,
    ...frame.checked,
    ...(data && options.trainingSamples !== undefined ? checkBatch(frame.document, data, options.trainingSamples) : []),
  ];
  const move = frameMove(units.division);
  return [
    ...document.diagnostics,
    ...around.map((diagnostic) => movedDiagnostic(diagnostic, move)),
    ...marked(units.noted).flatMap((index) => {
      const within: Move = (offset) => offset + starts[index]!;
      return units.units[index]!.diagnostics.map((diagnostic) => movedDiagnostic(diagnostic, within, index));
    }),
    ...referenceDiagnostics(sources.references, entries),
    ...problemDiagnostics(document, entries, sources.references, inference),
  ];
}

function networkChecks(context: CheckContext): Diagnostic[] {
  return [
    innerNames,
    unusedOutputs,
    tokensNeedEmbedding,
    flatteningDense,
    besideBatchNormalization,
    networkEnd,
    modelSize,
    tensorSizes,
  ].flatMap((check) => check(context));
}

/** In the order of the text; without hints about a value of which something graver is said. */
function arranged(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const grave = new Set(diagnostics.filter(({ severity }) => severity !== 'hint').map(({ path }) => path.join('/')));
  const kept = diagnostics.filter(
    ({ code, path }) => code !== 'scheme/redundant-default' || !grave.has(path.join('/')),
  );
  return kept.sort((one, other) => one.span.start - other.span.start || one.span.end - other.span.end);
}
