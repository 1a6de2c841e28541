import { t } from '../l10n';
import type { Code } from './codes';
import { diagnose, type Remedies } from './diagnose';
import type { Diagnostic, Fix, Span } from './diagnostics';
import { dataName, type LayerEntries, type LayerEntry } from './layers';
import type { References, Unresolved } from './references';
import { quoted } from './wording';

/** What is wrong with the names of layers and of their inputs. */
export function referenceDiagnostics(references: References, layers: LayerEntries): Diagnostic[] {
  return [
    ...references.reserved.map((index) => reservedName(layers.at(index))),
    ...references.repeated.map((index) => repeatedName(references, layers, layers.at(index))),
    ...references.unresolved.map((input) => unresolvedInput(references, layers, input)),
  ];
}

function reservedName(layer: LayerEntry): Diagnostic {
  const message = t("{0} is the name of the network's input. Give the layer another name.", quoted(dataName));
  return nameDiagnostic('scheme/reserved-name', layer, message);
}

function repeatedName({ places }: References, layers: LayerEntries, layer: LayerEntry): Diagnostic {
  const name = quoted(layer.name);
  const first = layers.at(places.get(layer.name)!);
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

function unresolvedInput(references: References, layers: LayerEntries, unresolved: Unresolved): Diagnostic {
  const { source } = unresolved;
  const layer = layers.at(unresolved.layer);
  const input = layer.inputs[unresolved.input]!;
  if (source === undefined) return unknownInput(references, layer, unresolved, input.span);
  const place = { span: input.span ?? shortSpan(layer), path: input.path, layer: layer.name };
  if (source === unresolved.layer) {
    const message = t('A layer cannot be its own input. Name an earlier layer, or {0}.', quoted(dataName));
    return diagnose('scheme/self-input', place, message);
  }
  const name = quoted(input.name);
  const related = [{ span: shortSpan(layers.at(source)), message: t('{0} stands here', name) }];
  const circle = references.circle(unresolved);
  if (circle) {
    const names = circleText([layer.name, ...circle.map((step) => layers.at(step).name)]);
    const message = t('The layers feed one another in a circle: {0}. Take one of these inputs from outside it.', names);
    return diagnose('scheme/cycle', place, message, { related });
  }
  const message = t('{0} comes later in the network. Move it before this layer.', name);
  return diagnose('scheme/later-input', place, message, { related });
}

/** Nobody reads a circle of more layers to its end. */
const mostNames = 12;

function circleText(names: readonly string[]): string {
  const shown = names.length <= mostNames ? names : [...names.slice(0, mostNames - 2), '…', ...names.slice(-1)];
  return shown.join(' ← ');
}

function unknownInput(references: References, layer: LayerEntry, unresolved: Unresolved, span?: Span): Diagnostic {
  const { name } = unresolved;
  const meant = references.meant(unresolved);
  const none = t('No layer is called {0}.', quoted(name));
  const advice = meant ? t('Did you mean {0}?', quoted(meant)) : t('Name an earlier layer, or {0}.', quoted(dataName));
  const { path } = layer.inputs[unresolved.input]!;
  const place = { span: span ?? shortSpan(layer), path, layer: layer.name };
  const fixes = meant && span ? [changeTo(span, meant)] : [];
  return diagnose('scheme/unknown-input', place, `${none} ${advice}`, { fixes });
}

/** The short place that stands for a layer. */
export function shortSpan({ nameSpan, typeSpan, span }: LayerEntry): Span {
  return nameSpan ?? typeSpan ?? { start: span.start, end: Math.min(span.start + 1, span.end) };
}

function changeTo(span: Span, name: string): Fix {
  const text = JSON.stringify(name);
  return { title: t('Change to {0}', text), changes: [{ span, text }], preferred: true };
}
