import { t } from '../l10n';
import type { Code } from './codes';
import { diagnose, type Remedies } from './diagnose';
import type { Diagnostic, Fix, Span } from './diagnostics';
import { dataName, type LayerEntry, type LayerReference } from './layers';
import { nearest } from './nearest';
import { quoted } from './wording';

/** Which layers take their input from which. */
export interface References {
  /** For each layer, the place of each input in the network, or `"data"`; `undefined` where it cannot be resolved. */
  readonly sources: readonly (readonly Source[])[];
  /** Places of the layers by their names; the first of those with the same name. */
  readonly places: ReadonlyMap<string, number>;
  readonly diagnostics: readonly Diagnostic[];
}

export type Source = number | typeof dataName | undefined;

/** Resolves the names; every source comes before its layer, so what resolves has no cycle. */
export function resolveReferences(layers: readonly LayerEntry[]): References {
  const places = new Map<string, number>();
  const repeated: LayerEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  layers.forEach((layer, index) => {
    if (layer.name === dataName) diagnostics.push(reservedName(layer));
    else if (!places.has(layer.name)) places.set(layer.name, index);
    else repeated.push(layer);
  });
  const network = { layers, places };
  diagnostics.push(...repeated.map((layer) => repeatedName(network, layer)));
  const sources = layers.map((layer, index) =>
    layer.inputs.map((input): Source => {
      const source = placeOf(network, index, input);
      if (source === dataName || (source !== undefined && source < index)) return source;
      diagnostics.push(unresolved(network, index, input, source));
      return undefined;
    }),
  );
  return { sources, places, diagnostics };
}

interface NamedLayers {
  readonly layers: readonly LayerEntry[];
  readonly places: ReadonlyMap<string, number>;
}

/** Where an input leads to, also if it is no earlier layer. */
function placeOf({ places }: NamedLayers, index: number, input: LayerReference): Source {
  if (input.name === dataName) return dataName;
  return isWritten(input) ? places.get(input.name) : index - 1;
}

/** What is not written stands nowhere: its path is the layer's. */
function isWritten({ path }: LayerReference): boolean {
  return path.length > 3;
}

function reservedName(layer: LayerEntry): Diagnostic {
  const message = t("{0} is the name of the network's input. Give the layer another name.", quoted(dataName));
  return nameDiagnostic('scheme/reserved-name', layer, message);
}

function repeatedName({ layers, places }: NamedLayers, layer: LayerEntry): Diagnostic {
  const name = quoted(layer.name);
  const first = layers[places.get(layer.name)!]!;
  const message = t('Two layers are called {0}. Names must be unique.', name);
  const free = freeName(layer.name, places);
  return nameDiagnostic('scheme/duplicate-name', layer, message, {
    fixes: layer.nameSpan ? [changeTo(layer.nameSpan, free)] : [],
    related: [{ span: shortSpan(first), message: t('The first {0}', name) }],
  });
}

function nameDiagnostic(code: Code, layer: LayerEntry, message: string, remedies?: Remedies): Diagnostic {
  const place = { span: shortSpan(layer), path: [...layer.path, 'name'], layer: layer.name };
  return diagnose(code, place, message, remedies);
}

/** A name with the next free number: `conv_2` for `conv_1`. */
function freeName(name: string, taken: ReadonlyMap<string, number>): string {
  const digits = /\d{1,9}$/.exec(name)?.[0];
  const stem = digits ? name.slice(0, -digits.length) : `${name}_`;
  let number = Number(digits ?? 1) + 1;
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

function unresolved(
  network: NamedLayers,
  index: number,
  input: LayerReference,
  source: number | undefined,
): Diagnostic {
  const layer = network.layers[index]!;
  const place = { span: input.span ?? shortSpan(layer), path: input.path, layer: layer.name };
  if (source === undefined) return unknownInput(network, index, input);
  if (source === index) {
    const message = t('A layer cannot be its own input. Name an earlier layer, or {0}.', quoted(dataName));
    return diagnose('scheme/self-input', place, message);
  }
  const name = quoted(input.name);
  const related = [{ span: shortSpan(network.layers[source]!), message: t('{0} stands here', name) }];
  const circle = chain(network, source, index);
  if (circle) {
    const names = [index, ...circle].map((step) => network.layers[step]!.name).join(' ← ');
    const message = t('The layers feed one another in a circle: {0}. Take one of these inputs from outside it.', names);
    return diagnose('scheme/cycle', place, message, { related });
  }
  const message = t('{0} comes later in the network. Move it before this layer.', name);
  return diagnose('scheme/later-input', place, message, { related });
}

function unknownInput({ layers }: NamedLayers, index: number, input: LayerReference): Diagnostic {
  const layer = layers[index]!;
  const earlier = layers.slice(0, index).map(({ name }) => name);
  const meant = nearest(input.name, [...earlier, dataName]);
  const none = t('No layer is called {0}.', quoted(input.name));
  const advice = meant ? t('Did you mean {0}?', quoted(meant)) : t('Name an earlier layer, or {0}.', quoted(dataName));
  const place = { span: input.span ?? shortSpan(layer), path: input.path, layer: layer.name };
  const fixes = meant && input.span ? [changeTo(input.span, meant)] : [];
  return diagnose('scheme/unknown-input', place, `${none} ${advice}`, { fixes });
}

/** The inputs that lead from one layer back to another, if they do. */
function chain(network: NamedLayers, from: number, to: number): number[] | undefined {
  const cameFrom = new Map<number, number | undefined>([[from, undefined]]);
  for (const current of cameFrom.keys()) {
    if (current === to) return walkBack(cameFrom, to);
    for (const input of network.layers[current]!.inputs) {
      const next = placeOf(network, current, input);
      if (typeof next === 'number' && next >= 0 && !cameFrom.has(next)) cameFrom.set(next, current);
    }
  }
  return undefined;
}

function walkBack(cameFrom: ReadonlyMap<number, number | undefined>, to: number): number[] {
  const steps: number[] = [];
  for (let step: number | undefined = to; step !== undefined; step = cameFrom.get(step)) steps.unshift(step);
  return steps;
}

/** The short place that stands for a layer. */
export function shortSpan({ nameSpan, typeSpan, span }: LayerEntry): Span {
  return nameSpan ?? typeSpan ?? { start: span.start, end: Math.min(span.start + 1, span.end) };
}

function changeTo(span: Span, name: string): Fix {
  const text = JSON.stringify(name);
  return { title: t('Change to {0}', text), changes: [{ span, text }], preferred: true };
}
