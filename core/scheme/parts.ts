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
  /** Places of layers with a stand-in for a value that is wrong: right in their shapes, and in nothing else. */
  readonly approximate: ReadonlySet<number>;
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
  const slips = slipsByLayer(invalid);
  const layers = entries.map(({ value, path, name, inputs }, index) => {
    const sound = isSound ? soundValue(value, slips.get(index) ?? []) : undefined;
    const names = inputs.map((input) => input.name);
    return sound === undefined ? undefined : readLayer(sound, path, name, names, top);
  });
  return { data, training, layers, approximate: new Set(slips.keys()) };
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

/** For each layer with a slip, the keys that are wrong; `undefined` for the layer as a whole. */
function slipsByLayer(invalid: readonly JsonPath[]): Map<number, (string | undefined)[]> {
  const slips = new Map<number, (string | undefined)[]>();
  for (const [, list, index, key] of invalid) {
    if (list !== 'network' || typeof index !== 'number') continue;
    slips.set(index, [...(slips.get(index) ?? []), key as string | undefined]);
  }
  return slips;
}

/** Keys that have no say in a layer's shape, with a value that stands in for a wrong one: the shapes stay known meanwhile. */
const standIns: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  ['name', 'layer'],
  ['activation', 'linear'],
  ['batch_normalization', false],
  ['dropout', 0],
  ['use_bias', true],
  ['rate', 0],
]);

/** A layer's value that the schema accepts; `undefined` where its shape cannot be known. */
function soundValue(value: unknown, slips: readonly (string | undefined)[]): unknown {
  if (!slips.every((key) => standIns.has(key))) return undefined;
  return slips.length === 0
    ? value
    : { ...(value as object), ...Object.fromEntries(slips.map((key) => [key, standIns.get(key)])) };
}
