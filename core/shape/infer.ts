import { t } from '../l10n';
import { diagnose } from '../scheme/diagnose';
import type { Diagnostic } from '../scheme/diagnostics';
import type { SchemeDocument } from '../scheme/document';
import { setKey } from '../scheme/fixes';
import { dataName, type LayerEntry } from '../scheme/layers';
import { placeOf } from '../scheme/places';
import { type References, type Source, shortSpan } from '../scheme/references';
import type { Layer } from '../scheme/types';
import type { LayerInput, LayerProblem } from './builder';
import { expandLayer } from './expand';
import type { NetworkLayer, Shape } from './network';
import { sameShape } from './shapes';
import { copyEntry, emptyTally, enter, type Tally } from './tally';

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

/**
 * Expands the layers in order, each from the shapes of its inputs. With what was inferred before and what from, only those
 * layers that are others now, or whose inputs are: further on nothing changes where a layer's output is the same again.
 */
export function inferShapes(
  sources: ShapeSources,
  before?: { sources: ShapeSources; inference: Inference },
): Inference {
  const known = before?.inference;
  const isKnownData = before !== undefined && sameInput(before.sources.data, sources.data);
  const layers: InferredLayer[] = [];
  const problems = new Map<number, LayerProblem>();
  const tally = emptyTally(sources.layers.length);
  const changed = new Uint8Array(sources.layers.length);
  for (let index = 0; index < sources.layers.length; index++) {
    const own = sources.references.sources[index]!;
    const isSame =
      isKnownData &&
      known?.layers[index] !== undefined &&
      sources.layers[index] === before.sources.layers[index] &&
      sameSources(own, before.sources.references.sources[index]) &&
      own.every((source) => typeof source !== 'number' || changed[source] === 0);
    const [layer, problem] = isSame
      ? [known!.layers[index]!, known!.problems.get(index)]
      : inferLayer(sources, layers, index);
    if (problem) problems.set(index, problem);
    layers.push(layer);
    if (isSame) copyEntry(tally, index, known!.tally);
    else enter(tally, index, layer);
    if (!isSame && !sameOutput(layer, known?.layers[index])) changed[index] = 1;
  }
  return { layers, problems, tally };
}

function sameSources(one: readonly Source[], other: readonly Source[] | undefined): boolean {
  return one === other || (one.length === other?.length && one.every((source, place) => source === other[place]));
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
): readonly [InferredLayer, LayerProblem?] {
  const inputs: readonly (LayerInput | undefined)[] = references.sources[index]!.map((source) => {
    if (source === dataName) return data;
    return source === undefined ? undefined : inputOf(inferred[source]!);
  });
  const layer = layers[index];
  if (!data || inputs.length === 0 || !areKnown(inputs)) return [{}];
  const inputShapes = inputs.map((input) => input.shape);
  if (!layer) return [{ inputShapes }];
  const { problem, networkLayer, output } = expandLayer(layer, inputs, data.shape);
  return problem ? [{ inputShapes }, problem] : [{ inputShapes, networkLayer, output }];
}

function areKnown(inputs: readonly (LayerInput | undefined)[]): inputs is readonly LayerInput[] {
  return !inputs.includes(undefined);
}

/** What an editor is told about the layers that cannot be built. */
export function problemDiagnostics(
  document: SchemeDocument,
  entries: readonly LayerEntry[],
  references: References,
  { problems }: Inference,
): Diagnostic[] {
  return [...problems].map(([index, problem]) =>
    problemDiagnostic(document, entries, references.sources[index]!, index, problem),
  );
}

function problemDiagnostic(
  document: SchemeDocument,
  entries: readonly LayerEntry[],
  sources: readonly Source[],
  index: number,
  problem: LayerProblem,
): Diagnostic {
  const entry = entries[index]!;
  const path = [...entry.path, ...(problem.key ?? [])];
  const place = problem.key ? placeOf(document, path) : { span: entry.typeSpan ?? entry.span, path, layer: entry.name };
  const related = (problem.inputs ?? [0])
    .map((input) => sources[input])
    .filter((source) => typeof source === 'number')
    .map((source) => ({
      span: shortSpan(entries[source]!),
      message: t('{0} stands here', `"${entries[source]!.name}"`),
    }));
  const { object = [], key, value } = problem.remedy ?? {};
  const fixes = key === undefined ? [] : setKey(document, [...entry.path, ...object], key, value);
  return diagnose(problem.code, place, problem.message, { fixes, related });
}
