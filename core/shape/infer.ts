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
  readonly diagnostics: readonly Diagnostic[];
}

/** Expands the layers in order, each from the shapes of its inputs; a layer that cannot be built gives one diagnostic. */
export function inferShapes(
  document: SchemeDocument,
  entries: readonly LayerEntry[],
  references: References,
  layers: readonly (Layer | undefined)[],
  sampleShape: Shape | undefined,
  vocabulary?: number,
): Inference {
  const inferred: InferredLayer[] = [];
  const diagnostics: Diagnostic[] = [];
  const data = sampleShape && dataInput(sampleShape, vocabulary);
  layers.forEach((layer, index) => {
    const sources = references.sources[index]!;
    const inputs = sources.map((source) => inputFrom(source, entries, inferred, data));
    const isKnown = inputs.length > 0 && inputs.every((input) => input !== undefined);
    const [result, problem] = isKnown ? inferLayer(layer, inputs, sampleShape!) : [{}];
    if (problem) diagnostics.push(problemDiagnostic(document, entries, sources, index, problem));
    inferred.push(result);
  });
  return { layers: inferred, diagnostics };
}

/** The data as a layer's input; a row of whole numbers below `vocabulary` is token ids. */
export function dataInput(shape: Shape, vocabulary?: number): LayerInput {
  const isTokens = vocabulary !== undefined && shape.length === 1;
  return { id: dataName, name: dataName, shape, ...(isTokens ? { vocabulary } : {}) };
}

function inputFrom(
  source: Source,
  entries: readonly LayerEntry[],
  inferred: readonly InferredLayer[],
  data: LayerInput | undefined,
): LayerInput | undefined {
  if (source === dataName) return data;
  const { networkLayer, output } = source === undefined ? {} : inferred[source]!;
  return networkLayer && { id: output!, name: entries[source!]!.name, shape: networkLayer.outputShape };
}

function inferLayer(
  layer: Layer | undefined,
  inputs: readonly LayerInput[],
  sampleShape: Shape,
): readonly [InferredLayer, LayerProblem?] {
  const inputShapes = inputs.map((input) => input.shape);
  if (!layer) return [{ inputShapes }];
  const { problem, networkLayer, output } = expandLayer(layer, inputs, sampleShape);
  return problem ? [{ inputShapes }, problem] : [{ inputShapes, networkLayer, output }];
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
