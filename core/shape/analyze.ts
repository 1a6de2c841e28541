import { checkBatch } from '../scheme/checks/training';
import type { Diagnostic } from '../scheme/diagnostics';
import { divide, frameMove } from '../scheme/division';
import type { SchemeDocument } from '../scheme/document';
import { readFrame } from '../scheme/frame';
import { dataName, type LayerEntry, PlacedLayer } from '../scheme/layers';
import { type Move, movedDiagnostic } from '../scheme/moved';
import { readExpectations, readExperiment } from '../scheme/read';
import { type References, resolveReferences } from '../scheme/references';
import type { Layer, Scheme } from '../scheme/types';
import { type LayerUnit, readUnits, type Units } from '../scheme/units';
import { buildNetwork } from './build';
import type { CheckContext } from './checks/context';
import { flatteningDense } from './checks/flattening';
import { innerNames } from './checks/innerNames';
import { besideBatchNormalization } from './checks/normalization';
import { networkEnd } from './checks/output';
import { type Device, deviceMemory, modelSize, tensorSizes } from './checks/size';
import { tokensNeedEmbedding } from './checks/tokens';
import { unusedOutputs } from './checks/unusedOutput';
import {
  dataInput,
  type Inference,
  type InferredLayer,
  inferShapes,
  problemDiagnostics,
  type ShapeSources,
} from './infer';
import type { Network, NetworkLayer, Shape } from './network';

/** Everything that can be said about a scheme from its text. */
export interface Analysis {
  readonly document: SchemeDocument;
  /** Present when the scheme could be read completely. */
  readonly scheme?: Scheme;
  /** Present when the network can be built: when there is no error. */
  readonly network?: Network;
  /** One for each element of the network, also of a broken document. */
  readonly layers: readonly LayerAnalysis[];
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
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

/** What is kept from version to version: all of it is per layer, or about what stands around the layers. */
interface Parts {
  readonly units: Units;
  readonly entries: readonly PlacedLayer[];
  readonly sources: ShapeSources;
  readonly inference: Inference;
}

function partsOf(text: string, previous: Parts | undefined): Parts {
  const division = divide(text, previous?.units.division);
  const frame = readFrame(division.frame, previous?.units.frame);
  const units = readUnits(division, frame, previous?.units);
  const entries = placedLayers(units, previous);
  const layers = readLayers(entries, previous);
  const data = frame.data && dataInput(frame.data.sampleShape, frame.data.vocabulary);
  const sources = { layers, references: referencesOf(entries, previous), data };
  return { units, entries, sources, inference: inferShapes(sources, previous) };
}

/** A layer that stands where it stood, behind the same name, is the same object. */
function placedLayers({ units, division }: Units, previous: Parts | undefined): PlacedLayer[] {
  return units.map((unit, index) => {
    const start = division.starts[index]!;
    const before = units[index - 1]?.name ?? dataName;
    const known = previous?.entries[index];
    const isSame = known?.unit === unit && known.start === start && known.previous === before;
    return isSame ? known : new PlacedLayer(unit, start, before);
  });
}

function readLayers(entries: readonly PlacedLayer[], previous: Parts | undefined): (Layer | undefined)[] {
  return entries.map((entry, index) => {
    const known = previous?.entries[index];
    if (known?.unit === entry.unit && (entry.unit.written || known.previous === entry.previous))
      return previous!.sources.layers[index];
    const { layer } = entry.unit;
    return layer && { ...layer, inputs: entry.inputNames };
  });
}

/** Who takes what from whom hangs on names alone; what is wrong with it is told with places, which move. */
function referencesOf(entries: readonly PlacedLayer[], previous: Parts | undefined): References {
  const known = previous?.sources.references;
  const isSame =
    known?.diagnostics.length === 0 &&
    entries.length === previous!.entries.length &&
    entries.every(({ unit }, index) => sameNames(unit, previous!.entries[index]!.unit));
  return isSame ? known : resolveReferences(entries);
}

function sameNames(one: LayerUnit, other: LayerUnit): boolean {
  return one === other || (one.name === other.name && JSON.stringify(one.written) === JSON.stringify(other.written));
}

/** What nobody may ask for is made when somebody does. */
class SchemeAnalysis implements Analysis {
  readonly document: SchemeDocument;
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
    const { units, entries, sources, inference } = parts;
    const { data, training } = units.frame;
    this.document = units.division.document;
    this.#context = {
      document: this.document,
      entries,
      references: sources.references,
      layers: inference.layers,
      tally: inference.tally,
      data,
      training,
    };
    this.#scheme = once(() => schemeOf(parts));
    this.#found = once(() => [...findings(parts, options), ...networkChecks(this.#context)]);
    this.#network = once(() => {
      const isBroken = this.#found().some(({ severity }) => severity === 'error');
      return this.scheme && !isBroken
        ? buildNetwork(this.scheme, inference, sources.references.places, units.frame.document.value)
        : undefined;
    });
    this.#layers = once(() => entries.map((entry, index) => new AnalyzedLayer(entry, inference.layers[index]!)));
    this.#diagnostics = once(() => {
      const network = options.device && this.network;
      const beyond = network ? deviceMemory(this.#context, network, options.device!) : [];
      return arranged([...this.#found(), ...beyond]);
    });
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

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

class AnalyzedLayer extends PlacedLayer implements LayerAnalysis {
  constructor(
    { unit, start, previous }: PlacedLayer,
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
  const written = [units.division.document, sources.references, { diagnostics: invalid }, ...units.units];
  const isSound = !written.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'));
  const network = sources.layers.filter((layer) => layer !== undefined);
  if (!data || !training || !isSound || network.length < sources.layers.length) return undefined;
  const model = { ...training, network };
  return { data, model, experiment: readExperiment(document.value), expect: readExpectations(document.value) };
}

/** What is said about the text and about each layer. */
function findings({ units, entries, sources, inference }: Parts, options: AnalyzeOptions): Diagnostic[] {
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
    ...units.units.flatMap(({ diagnostics }, index) => {
      if (diagnostics.length === 0) return [];
      const within: Move = (offset) => offset + starts[index]!;
      return diagnostics.map((diagnostic) => movedDiagnostic(diagnostic, within));
    }),
    ...sources.references.diagnostics,
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
