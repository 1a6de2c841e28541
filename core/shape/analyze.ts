import { checkData } from '../scheme/checks/data';
import { tidyHints } from '../scheme/checks/tidy';
import { checkBatch, checkTraining } from '../scheme/checks/training';
import type { Diagnostic } from '../scheme/diagnostics';
import { parseScheme, type SchemeDocument } from '../scheme/document';
import { type LayerEntry, layerEntries } from '../scheme/layers';
import { readParts, readScheme } from '../scheme/parts';
import { resolveReferences } from '../scheme/references';
import type { Scheme } from '../scheme/types';
import { validate } from '../scheme/validate';
import { buildNetwork } from './build';
import type { CheckContext } from './checks/context';
import { flatteningDense } from './checks/flattening';
import { besideBatchNormalization } from './checks/normalization';
import { networkEnd } from './checks/output';
import { type Device, deviceMemory, modelSize, tensorSizes } from './checks/size';
import { tokensNeedEmbedding } from './checks/tokens';
import { unusedOutputs } from './checks/unusedOutput';
import { inferShapes } from './infer';
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

/** Analyzes the text of a scheme; never throws. */
export function analyze(text: string, options: AnalyzeOptions = {}): Analysis {
  const document = parseScheme(text);
  const validation = validate(document);
  const entries = layerEntries(document);
  const references = resolveReferences(entries);
  const parts = readParts(document, entries, validation.invalid);
  const { data, training } = parts;
  const inference = inferShapes(document, entries, references, parts.layers, data?.sampleShape, data?.vocabulary);
  const context = { document, entries, references, layers: inference.layers, data, training };
  const written = [...document.diagnostics, ...validation.diagnostics, ...references.diagnostics];
  const scheme = readScheme(document, parts, written);
  const found = [
    ...written,
    ...tidyHints(document),
    ...(data ? checkData(document, data) : []),
    ...(training ? checkTraining(document, training, data) : []),
    ...(data && options.trainingSamples !== undefined ? checkBatch(document, data, options.trainingSamples) : []),
    ...inference.diagnostics,
    ...networkChecks(context),
  ];
  const isBuildable = scheme !== undefined && !found.some(({ severity }) => severity === 'error');
  const network = isBuildable ? buildNetwork(scheme, inference.layers, document.value) : undefined;
  const beyond = network && options.device ? deviceMemory(context, network, options.device) : [];
  const layers = entries.map((entry, index) => {
    const { inputShapes, networkLayer } = inference.layers[index]!;
    const outputShape = networkLayer?.outputShape;
    return {
      ...entry,
      inputShapes,
      outputShape,
      networkLayer: parts.approximate.has(index) ? undefined : networkLayer,
    };
  });
  return { document, scheme, network, layers, diagnostics: arranged([...found, ...beyond]) };
}

function networkChecks(context: CheckContext): Diagnostic[] {
  return [
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
