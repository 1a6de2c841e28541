import type { Diagnostic } from './diagnostics';
import type { SchemeDocument } from './document';
import type { LayerEntry } from './layers';
import { readData, readExpectations, readExperiment, readLayer, readTraining, type Training } from './read';
import type { DataSection, JsonPath, Layer, Scheme } from './types';

/** The parts of a document that could be read, each by itself. */
export interface Parts {
  readonly data?: DataSection;
  readonly training?: Training;
  /** One for each element of the network; `undefined` where something is wrong that its shape could depend on. */
  readonly layers: readonly (Layer | undefined)[];
}

export function readParts(
  document: SchemeDocument,
  entries: readonly LayerEntry[],
  invalid: readonly JsonPath[],
): Parts {
  const top = document.value;
  const isSound = document.root !== undefined && !invalid.some((path) => path.length === 0);
  const data = isSound && !invalid.some(([section]) => section === 'data') ? readData(top) : undefined;
  const training = isSound && !invalid.some(isTraining) ? readTraining(top) : undefined;
  const broken = new Set(invalid.filter(hasSayInShape).map((path) => path[2]));
  const layers = entries.map(({ value, path, name, inputs }, index) => {
    const names = inputs.map((input) => input.name);
    return isSound && !broken.has(index) ? readLayer(value, path, name, names, top) : undefined;
  });
  return { data, training, layers };
}

/** The whole scheme, if nothing is wrong with it as a text. */
export function readScheme(
  document: SchemeDocument,
  parts: Parts,
  diagnostics: readonly Diagnostic[],
): Scheme | undefined {
  const { data, training } = parts;
  const layers = parts.layers.filter((layer) => layer !== undefined);
  const isComplete = layers.length === parts.layers.length && !diagnostics.some(({ severity }) => severity === 'error');
  if (!data || !training || !isComplete) return undefined;
  const model = { ...training, network: layers };
  return { data, model, experiment: readExperiment(document.value), expect: readExpectations(document.value) };
}

function isTraining([section, key]: JsonPath): boolean {
  return section === 'model' && key !== 'network';
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

function hasSayInShape([, list, index, key]: JsonPath): boolean {
  return list === 'network' && typeof index === 'number' && !shapelessKeys.has(key);
}
