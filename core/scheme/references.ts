import { t } from '../l10n';
import type { Diagnostic, Fix } from './diagnostics';
import { dataName, type LayerEntry, type LayerReference } from './layers';
import { nearest } from './nearest';

/** Which layers take their input from which: for each layer, the place of each input in the network, or `"data"`. */
export interface References {
  /** `undefined` where an input cannot be resolved. */
  readonly sources: readonly (readonly (number | 'data' | undefined)[])[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Resolves the names; every layer comes after its inputs, so what resolves without a diagnostic has no cycle. */
export function resolveReferences(layers: readonly LayerEntry[]): References {
  const diagnostics: Diagnostic[] = [];
  const places = placesByName(layers, diagnostics);
  const sources = layers.map((layer, index) =>
    layer.inputs.map((input) => {
      const place = input.name === dataName ? dataName : input.span ? places.get(input.name) : index - 1;
      if (typeof place === 'string' || (place !== undefined && place < index)) return place;
      diagnostics.push(unresolved(layers, places, index, input, place));
      return undefined;
    }),
  );
  return { sources, diagnostics };
}

function placesByName(layers: readonly LayerEntry[], diagnostics: Diagnostic[]): Map<string, number> {
  const places = new Map<string, number>();
  layers.forEach((layer, index) => {
    const first = places.get(layer.name);
    if (layer.name === dataName) diagnostics.push(reservedName(layer));
    else if (first === undefined) places.set(layer.name, index);
    else diagnostics.push(repeatedName(layers, layers[first]!, layer));
  });
  return places;
}

function reservedName(layer: LayerEntry): Diagnostic {
  const message = t("{0} is the name of the network's input. Give the layer another name.", '"data"');
  return diagnostic('scheme/reserved-name', layer, layer.nameSpan, [...layer.path, 'name'], message);
}

function repeatedName(layers: readonly LayerEntry[], first: LayerEntry, layer: LayerEntry): Diagnostic {
  const name = `"${layer.name}"`;
  const message = t('Two layers are called {0}. Names must be unique.', name);
  const free = freeName(layer.name, new Set(layers.map((other) => other.name)));
  const fixes = layer.nameSpan ? [replacement(layer.nameSpan, free)] : [];
  const related = [{ span: first.nameSpan ?? first.typeSpan ?? first.span, message: t('The first {0}', name) }];
  const span = layer.nameSpan ?? layer.typeSpan;
  return { ...diagnostic('scheme/duplicate-name', layer, span, [...layer.path, 'name'], message, fixes), related };
}

/** The next name by number: `conv_2` for `conv_1`. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name, digits] = /^(.*?)(\d+)$/.exec(name) ?? [undefined, `${name}_`];
  let number = Number(digits ?? 1);
  while (taken.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

function unresolved(
  layers: readonly LayerEntry[],
  places: ReadonlyMap<string, number>,
  index: number,
  input: LayerReference,
  place: number | undefined,
): Diagnostic {
  const layer = layers[index]!;
  const name = `"${input.name}"`;
  if (place === undefined) return unknownInput(layers, index, input);
  if (place === index) {
    const message = t('A layer cannot be its own input. Name an earlier layer, or {0}.', '"data"');
    return diagnostic('scheme/self-input', layer, input.span, input.path, message);
  }
  const related = [{ span: layers[place]!.nameSpan ?? layers[place]!.span, message: t('{0} stands here', name) }];
  const back = pathTo(layers, places, place, index);
  if (back) {
    const circle = [layer.name, ...back.map((step) => layers[step]!.name)].join(' ← ');
    const message = t('The layers feed one another in a circle: {0}. Break it at one of them.', circle);
    return { ...diagnostic('scheme/cycle', layer, input.span, input.path, message), related };
  }
  const message = t('{0} comes later in the network. Move it before this layer.', name);
  return { ...diagnostic('scheme/later-input', layer, input.span, input.path, message), related };
}

function unknownInput(layers: readonly LayerEntry[], index: number, input: LayerReference): Diagnostic {
  const earlier = [...layers.slice(0, index).map((layer) => layer.name), dataName];
  const meant = nearest(input.name, earlier);
  const known = t('No layer is called {0}.', `"${input.name}"`);
  const advice = meant ? t('Did you mean {0}?', `"${meant}"`) : t('Name an earlier layer, or {0}.', '"data"');
  const fixes = meant && input.span ? [replacement(input.span, meant)] : [];
  return diagnostic('scheme/unknown-input', layers[index]!, input.span, input.path, `${known} ${advice}`, fixes);
}

/** The chain of inputs that leads from one layer to another, if one does. */
function pathTo(
  layers: readonly LayerEntry[],
  places: ReadonlyMap<string, number>,
  from: number,
  to: number,
): number[] | undefined {
  const cameFrom = new Map<number, number | undefined>([[from, undefined]]);
  for (const current of cameFrom.keys()) {
    if (current === to) return walkBack(cameFrom, to);
    for (const input of layers[current]!.inputs) {
      const next = input.span ? places.get(input.name) : current - 1;
      if (next !== undefined && next >= 0 && !cameFrom.has(next)) cameFrom.set(next, current);
    }
  }
  return undefined;
}

function walkBack(cameFrom: ReadonlyMap<number, number | undefined>, to: number): number[] {
  const steps: number[] = [];
  for (let step: number | undefined = to; step !== undefined; step = cameFrom.get(step)) steps.unshift(step);
  return steps;
}

function replacement(span: { start: number; end: number }, name: string): Fix {
  const text = JSON.stringify(name);
  return { title: t('Change to {0}', text), changes: [{ span, text }], preferred: true };
}

function diagnostic(
  code: string,
  layer: LayerEntry,
  span: { start: number; end: number } | undefined,
  path: LayerEntry['path'],
  message: string,
  fixes: readonly Fix[] = [],
): Diagnostic {
  return { code, severity: 'error', message, span: span ?? layer.span, path, layer: layer.name, fixes };
}
