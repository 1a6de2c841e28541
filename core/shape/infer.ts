import { t } from '../l10n';
import type { Diagnostic } from '../scheme/diagnostics';
import { nearestSpan, type SchemeDocument } from '../scheme/document';
import { dataName, type LayerEntry } from '../scheme/layers';
import { readLayer } from '../scheme/read';
import type { References } from '../scheme/references';
import type { Layer } from '../scheme/types';
import { LayerBuilder, type LayerInput, type LayerProblem } from './builder';
import type { NetworkLayer, Operation, Parameter, Shape } from './network';
import { layerTypes } from './registry';

/** What is known about one layer: nothing where it, or something before it, is broken. */
export interface InferredLayer {
  readonly inputShapes?: readonly Shape[];
  readonly networkLayer?: NetworkLayer;
  /** Id of the operation whose output is the layer's. */
  readonly output?: string;
}

/** Expands the layers in order, each from the shapes of its inputs; a layer that cannot be built gives one diagnostic. */
export function inferShapes(
  document: SchemeDocument,
  entries: readonly LayerEntry[],
  references: References,
  sampleShape: Shape | undefined,
  isBroken: (index: number) => boolean,
): { readonly layers: readonly InferredLayer[]; readonly diagnostics: readonly Diagnostic[] } {
  const layers: InferredLayer[] = [];
  const diagnostics: Diagnostic[] = [];
  const sourceOf = (source: number | 'data' | undefined): LayerInput | undefined => {
    if (source === undefined) return undefined;
    if (source === dataName) return sampleShape && { id: dataName, name: dataName, shape: sampleShape };
    const { networkLayer, output } = layers[source]!;
    return networkLayer && { id: output!, name: entries[source]!.name, shape: networkLayer.outputShape };
  };
  entries.forEach((entry, index) => {
    const inputs = references.sources[index]!.map(sourceOf);
    const complete =
      inputs.every((input) => input !== undefined) && inputs.length > 0 ? (inputs as LayerInput[]) : undefined;
    const inferred = inferLayer(document, entry, complete, isBroken(index));
    if (inferred.problem) diagnostics.push(problemDiagnostic(document, entries, references, index, inferred.problem));
    layers.push(inferred);
  });
  return { layers, diagnostics };
}

function inferLayer(
  document: SchemeDocument,
  entry: LayerEntry,
  inputs: readonly LayerInput[] | undefined,
  isBroken: boolean,
): InferredLayer & { readonly problem?: LayerProblem } {
  const inputShapes = inputs?.map((input) => input.shape);
  if (!inputs || isBroken || entry.type === undefined) return { inputShapes };
  const names = inputs.map((input) => input.name);
  const layer = { ...readLayer(entry.value, entry.path, entry.name, names[0]!, document.value), inputs: names };
  const { problem, networkLayer, output } = expandLayer(layer, inputs);
  return problem ? { inputShapes, problem } : { inputShapes, networkLayer, output };
}

/** One layer as operations. */
export function expandLayer(
  layer: Layer,
  inputs: readonly LayerInput[],
  implicit = false,
): { readonly problem?: LayerProblem; readonly networkLayer: NetworkLayer; readonly output: string } {
  const builder = new LayerBuilder(layer.name, inputs);
  // The settings have passed the definition of this very type in the JSON Schema.
  layerTypes.get(layer.type)!.expand(builder, layer.settings as never);
  const inputShapes = inputs.map((input) => input.shape);
  const networkLayer = summed(layer, implicit, inputShapes, builder.shape, builder.operations);
  return { problem: builder.problem, networkLayer, output: builder.output };
}

function summed(
  layer: Layer,
  implicit: boolean,
  inputShapes: readonly Shape[],
  outputShape: Shape,
  operations: readonly Operation[],
): NetworkLayer {
  const parameters = operations.flatMap((operation) => operation.parameters);
  return {
    layer,
    implicit,
    inputShapes,
    outputShape,
    operations,
    parameters: sizeOf(parameters.filter((parameter) => parameter.trainable)),
    buffers: sizeOf(parameters.filter((parameter) => !parameter.trainable)),
    macs: operations.reduce((sum, operation) => sum + operation.macs, 0),
  };
}

function sizeOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

function problemDiagnostic(
  document: SchemeDocument,
  entries: readonly LayerEntry[],
  references: References,
  index: number,
  problem: LayerProblem,
): Diagnostic {
  const entry = entries[index]!;
  const path = [...entry.path, ...(problem.key ?? [])];
  const span = problem.key ? nearestSpan(document.root, path) : (entry.typeSpan ?? entry.span);
  const sources = (problem.inputs ?? [0]).map((input) => references.sources[index]![input]);
  const related = sources
    .filter((source) => typeof source === 'number')
    .map((source) => {
      const other = entries[source]!;
      return {
        span: other.nameSpan ?? other.typeSpan ?? other.span,
        message: t('{0} comes from here', `"${other.name}"`),
      };
    });
  const { code, message } = problem;
  return { code, severity: 'error', message, span, path, layer: entry.name, fixes: [], related };
}
