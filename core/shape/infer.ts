import { t } from '../l10n';
import { placeBefore, type Splice, splicedList } from '../scheme/columns';
import { diagnose } from '../scheme/diagnose';
import type { Diagnostic } from '../scheme/diagnostics';
import type { SchemeDocument } from '../scheme/document';
import { setKey } from '../scheme/fixes';
import { dataName, type LayerEntries } from '../scheme/layers';
import { placeOf } from '../scheme/places';
import { shortSpan } from '../scheme/referenceDiagnostics';
import type { References, Source } from '../scheme/references';
import type { Layer } from '../scheme/types';
import type { LayerInput, LayerProblem } from './builder';
import { expandLayer } from './expand';
import type { NetworkLayer, Shape } from './network';
import { sameShape } from './shapes';
import { emptyTally, enter, splicedTally, type Tally } from './tally';

/** What is known about one layer: nothing where it, or something before it, is broken. */
export interface InferredLayer {
  readonly inputShapes?: readonly Shape[];
  readonly networkLayer?: NetworkLayer;
  /** Id of the operation whose output is the layer's. */
  readonly output?: string;
}

export interface Inference {
  /** One for each element of the network. */
  readonly layers: readonly InferredLayer[];
  /** Why layers cannot be built, by their places. */
  readonly problems: ReadonlyMap<number, LayerProblem>;
  readonly tally: Tally;
}

/** What shapes follow from. */
export interface ShapeSources {
  /** One for each element of the network; `undefined` where it cannot be read. */
  readonly layers: readonly (Layer | undefined)[];
  readonly references: References;
  /** The data as the first layer's input, if its shape is known. */
  readonly data?: LayerInput;
}

/** What was inferred before, what from, and in which layers the sources differ. */
export interface InferredBefore {
  readonly sources: ShapeSources;
  readonly inference: Inference;
  readonly splice: Splice;
}

/**
 * Expands the layers in order, each from the shapes of its inputs. With what was inferred before, only those layers that are
 * others now, or whose inputs are: further on nothing changes where a layer's output is the same again.
 */
export function inferShapes(sources: ShapeSources, before?: InferredBefore): Inference {
  const isKnown = before !== undefined && sameInput(before.sources.data, sources.data);
  const work = isKnown ? new AgainInference(sources, before) : new FreshInference(sources);
  return work.run();
}

/** Infers all layers. */
class FreshInference {
  protected readonly problems = new Map<number, LayerProblem>();

  constructor(protected readonly sources: ShapeSources) {}

  run(): Inference {
    const { length } = this.sources.layers;
    const layers: InferredLayer[] = [];
    const tally = emptyTally(length);
    for (let index = 0; index < length; index++) {
      const layer = this.inferred(index, layers);
      layers.push(layer);
      enter(tally, index, layer);
    }
    return { layers, problems: this.problems, tally };
  }

  protected inferred(index: number, layers: readonly InferredLayer[]): InferredLayer {
    const [layer, problem] = inferLayer(this.sources, layers, index);
    if (problem) this.problems.set(index, problem);
    return layer;
  }
}

/** Infers the layers that are others than before, and those that this changes. */
class AgainInference extends FreshInference {
  /** 1 for each layer that is to be looked at. */
  private readonly pending: Uint8Array;
  /** 1 for each layer whose output is another. */
  private readonly changed: Uint8Array;
  private readonly splice: Splice;

  constructor(
    sources: ShapeSources,
    private readonly before: InferredBefore,
  ) {
    super(sources);
    const { length } = sources.layers;
    this.splice = before.splice;
    this.pending = new Uint8Array(length);
    this.changed = new Uint8Array(length);
    const { at, removed, inserted } = before.splice;
    const isRenumbered = removed !== inserted;
    // The layer behind takes the output of the one before, whatever that is called.
    this.pending.fill(1, at, isRenumbered ? length : Math.min(at + inserted + 1, length));
    if (sources.references !== before.sources.references) this.pendChangedReferences();
  }

  override run(): Inference {
    const { inference } = this.before;
    const { pending, splice } = this;
    if (pending.indexOf(1) < 0) return inference;
    const layers = splicedList(inference.layers, splice, Array<InferredLayer>(splice.inserted).fill({}));
    const tally = splicedTally(inference.tally, splice);
    for (const [index, problem] of inference.problems) this.takeOver(index, problem);
    for (let index = pending.indexOf(1); index >= 0; index = pending.indexOf(1, index + 1)) {
      const known = placeBefore(index, splice);
      const isSame = known >= 0 && this.isSame(index, known);
      if (isSame) {
        layers[index] = this.renamed(index, inference.layers[known]!);
        continue;
      }
      this.problems.delete(index);
      layers[index] = this.inferred(index, layers);
      enter(tally, index, layers[index]!);
      if (known < 0 || !sameOutput(layers[index]!, inference.layers[known])) this.spread(index);
    }
    return { layers, problems: this.problems, tally };
  }

  /** Layers whose inputs lead elsewhere, although they are the same. */
  private pendChangedReferences(): void {
    const { sources, before, splice, pending } = this;
    for (let index = 0; index < pending.length; index++) {
      const known = placeBefore(index, splice);
      if (known >= 0 && !this.sameSources(index, known)) pending[index] = 1;
      else if (known >= 0 && sources.layers[index] !== before.sources.layers[known]) pending[index] = 1;
    }
  }

  private takeOver(index: number, problem: LayerProblem): void {
    const { at, removed, inserted } = this.splice;
    if (index < at) this.problems.set(index, problem);
    else if (index >= at + removed) this.problems.set(index - removed + inserted, problem);
  }

  private isSame(index: number, known: number): boolean {
    const { sources, before, changed } = this;
    return (
      sameLayer(sources.layers[index], before.sources.layers[known]) &&
      this.sameSources(index, known) &&
      sources.references.sources[index]!.every((source) => typeof source !== 'number' || changed[source] === 0)
    );
  }

  /** Whether the inputs lead to the same layers, by whatever number. */
  private sameSources(index: number, known: number): boolean {
    const one = this.sources.references.sources[index]!;
    const other = this.before.sources.references.sources[known]!;
    return one.length === other.length && one.every((source, place) => this.sameSource(source, other[place]));
  }

  private sameSource(source: Source, other: Source): boolean {
    const { removed, inserted } = this.splice;
    // A layer that was edited stands where it stood.
    if (typeof source !== 'number' || removed === inserted) return source === other;
    const known = placeBefore(source, this.splice);
    return known >= 0 && known === other;
  }

  /** The same shapes and operations, for a layer with another number. */
  private renamed(index: number, known: InferredLayer): InferredLayer {
    const layer = this.sources.layers[index];
    const { networkLayer } = known;
    if (!networkLayer || !layer || networkLayer.layer === layer) return known;
    return { ...known, networkLayer: { ...networkLayer, layer } };
  }

  private spread(index: number): void {
    this.changed[index] = 1;
    for (const consumer of this.sources.references.consumers[index]!) this.pending[consumer] = 1;
  }
}

/** Whether two layers are the same but for their numbers. */
function sameLayer(one: Layer | undefined, other: Layer | undefined): boolean {
  if (one === other) return true;
  return (
    one !== undefined &&
    other !== undefined &&
    one.settings === other.settings &&
    one.name === other.name &&
    one.type === other.type &&
    one.inputs.length === other.inputs.length &&
    one.inputs.every((name, place) => name === other.inputs[place])
  );
}

/** Whether two layers are the same to those that take their outputs. */
function sameOutput(one: InferredLayer, other: InferredLayer | undefined): boolean {
  return sameInput(inputOf(one), other && inputOf(other));
}

function sameInput(one: LayerInput | undefined, other: LayerInput | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.id === other.id &&
    one.name === other.name &&
    one.vocabulary === other.vocabulary &&
    sameShape(one.shape, other.shape)
  );
}

/** The data as a layer's input; a row of whole numbers below `vocabulary` is token ids. */
export function dataInput(shape: Shape, vocabulary?: number): LayerInput {
  const isTokens = vocabulary !== undefined && shape.length === 1;
  return { id: dataName, name: dataName, shape, ...(isTokens ? { vocabulary } : {}) };
}

function inputOf({ networkLayer, output }: InferredLayer): LayerInput | undefined {
  return networkLayer && { id: output!, name: networkLayer.layer.name, shape: networkLayer.outputShape };
}

function inferLayer(
  { layers, references, data }: ShapeSources,
  inferred: readonly InferredLayer[],
  index: number,
): Outcome {
  const inputs: readonly (LayerInput | undefined)[] = references.sources[index]!.map((source) => {
    if (source === dataName) return data;
    return source === undefined ? undefined : inputOf(inferred[source]!);
  });
  const layer = layers[index];
  if (!data || inputs.length === 0 || !areKnown(inputs)) return [{}];
  if (!layer) return [{ inputShapes: inputs.map((input) => input.shape) }];
  const known = outcomes.get(layer);
  if (known && sameInput(known.data, data) && sameInputs(known.inputs, inputs)) return known.outcome;
  const outcome = outcomeOf(layer, inputs, data);
  outcomes.set(layer, { inputs, data, outcome });
  return outcome;
}

type Outcome = readonly [InferredLayer, LayerProblem?];

/** What came of a layer when it was expanded last: it is the same again when something before it is mended. */
const outcomes = new WeakMap<Layer, { inputs: readonly LayerInput[]; data: LayerInput; outcome: Outcome }>();

function outcomeOf(layer: Layer, inputs: readonly LayerInput[], data: LayerInput): Outcome {
  const inputShapes = inputs.map((input) => input.shape);
  const { problem, networkLayer, output } = expandLayer(layer, inputs, data.shape);
  return problem ? [{ inputShapes }, problem] : [{ inputShapes, networkLayer, output }];
}

function sameInputs(one: readonly LayerInput[], other: readonly LayerInput[]): boolean {
  return one.length === other.length && one.every((input, place) => sameInput(input, other[place]));
}

function areKnown(inputs: readonly (LayerInput | undefined)[]): inputs is readonly LayerInput[] {
  return !inputs.includes(undefined);
}

/** What an editor is told about the layers that cannot be built. */
export function problemDiagnostics(
  document: SchemeDocument,
  entries: LayerEntries,
  references: References,
  { problems }: Inference,
): Diagnostic[] {
  return [...problems].map(([index, problem]) =>
    problemDiagnostic(document, entries, references.sources[index]!, index, problem),
  );
}

function problemDiagnostic(
  document: SchemeDocument,
  entries: LayerEntries,
  sources: readonly Source[],
  index: number,
  problem: LayerProblem,
): Diagnostic {
  const entry = entries.at(index);
  const path = [...entry.path, ...(problem.key ?? [])];
  const place = problem.key ? placeOf(document, path) : { span: entry.typeSpan ?? entry.span, path, layer: entry.name };
  const related = (problem.inputs ?? [0])
    .map((input) => sources[input])
    .filter((source) => typeof source === 'number')
    .map((source) => ({
      span: shortSpan(entries.at(source)),
      message: t('{0} stands here', `"${entries.at(source).name}"`),
    }));
  const { object = [], key, value } = problem.remedy ?? {};
  const fixes = key === undefined ? [] : setKey(document, [...entry.path, ...object], key, value);
  return diagnose(problem.code, place, problem.message, { fixes, related });
}
