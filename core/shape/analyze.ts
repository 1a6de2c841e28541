import type { Diagnostic } from '../scheme/diagnostics';
import { parseScheme, type SchemeDocument } from '../scheme/document';
import { type LayerEntry, layerEntries } from '../scheme/layers';
import { readData, readScheme } from '../scheme/read';
import { resolveReferences } from '../scheme/references';
import type { DataSection, Layer, Scheme } from '../scheme/types';
import { validate } from '../scheme/validate';
import { buildNetwork } from './build';
import { type InferredLayer, inferShapes } from './infer';
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
  readonly networkLayer?: NetworkLayer;
}

/** What is known from outside the text. */
export interface AnalyzeOptions {
  /** Samples in the training part of the data. */
  readonly trainingSamples?: number;
  /** The device that the model is to be trained on. */
  readonly device?: { readonly name: string; readonly memoryBytes: number };
}

/** Analyzes the text of a scheme; never throws. */
export function analyze(text: string, _options: AnalyzeOptions = {}): Analysis {
  const document = parseScheme(text);
  const schemaErrors = validate(document);
  const entries = layerEntries(document);
  const references = resolveReferences(entries);
  const written = [...document.diagnostics, ...schemaErrors, ...references.diagnostics];
  const data = readableData(document, schemaErrors);
  const broken = brokenLayers(written);
  const inferred = inferShapes(document, entries, references, data?.sampleShape, (index) => broken.has(index));
  const diagnostics = [...written, ...inferred.diagnostics];
  const layers = entries.map((entry, index) => ({ ...entry, ...known(inferred.layers[index]!) }));
  const scheme = hasErrors(written) ? undefined : readScheme(document.value, readLayers(inferred.layers));
  const network = scheme && !hasErrors(diagnostics) ? buildNetwork(scheme, inferred.layers, document.value) : undefined;
  return { document, scheme, network, layers, diagnostics: diagnostics.toSorted(byPlace) };
}

function known({ inputShapes, networkLayer }: InferredLayer): Partial<LayerAnalysis> {
  return { inputShapes, outputShape: networkLayer?.outputShape, networkLayer };
}

function readLayers(layers: readonly InferredLayer[]): Layer[] {
  return layers.flatMap((layer) => layer.networkLayer?.layer ?? []);
}

/** The data section, if nothing in it is wrong. */
function readableData(document: SchemeDocument, errors: readonly Diagnostic[]): DataSection | undefined {
  const isWrong = errors.some(({ path }) => path.length === 0 || path[0] === 'data');
  return document.root === undefined || isWrong ? undefined : readData(document.value);
}

/** Keys that have no say in a layer's shape: a slip in one of them leaves the shapes of the network known. */
const shapelessKeys: ReadonlySet<unknown> = new Set([
  'name',
  'activation',
  'batch_normalization',
  'dropout',
  'use_bias',
  'rate',
]);

function brokenLayers(diagnostics: readonly Diagnostic[]): Set<unknown> {
  const errors = diagnostics.filter(({ severity, path }) => severity === 'error' && path.length >= 3);
  return new Set(errors.filter(({ path }) => !shapelessKeys.has(path[3])).map(({ path }) => path[2]));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

function byPlace(one: Diagnostic, other: Diagnostic): number {
  return one.span.start - other.span.start || one.span.end - other.span.end;
}
