import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type Location,
  type Position,
  type Range,
  TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver-types';
import { t } from '../l10n';
import type { Span } from '../scheme/diagnostics';
import { dataName } from '../scheme/layers';
import { childValue } from '../scheme/schema';
import { propertyNodeAt, spanOf } from '../scheme/tree';
import type { JsonPath } from '../scheme/types';
import type { LayerAnalysis } from '../shape/analyze';
import { layerAround } from './layers';
import { allLayers, blockAround, isIn, networkPath } from './nested';
import { offsetOf, rangeOf, type Snapshot } from './snapshot';

/** Where the layer that is named at a position is defined; for `"data"`, the size of a sample, or the block whose input it is. */
export function definitionAt(snapshot: Snapshot, position: Position): Location | undefined {
  const named = nameAt(snapshot, position);
  const span = named && definitionOf(snapshot, named);
  return span && { uri: snapshot.document.uri, range: rangeOf(snapshot, span) };
}

/** Every place that names the same layer. */
export function referencesAt(snapshot: Snapshot, position: Position, includeDeclaration: boolean): Location[] {
  const uri = snapshot.document.uri;
  return occurrencesAt(snapshot, position)
    .filter(({ isDefinition }) => includeDeclaration || !isDefinition)
    .map(({ span }) => ({ uri, range: rangeOf(snapshot, span) }));
}

export function highlightsAt(snapshot: Snapshot, position: Position): DocumentHighlight[] {
  return occurrencesAt(snapshot, position).map(({ span, isDefinition }) => ({
    range: rangeOf(snapshot, span),
    kind: isDefinition ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

/** The name that would be renamed, without its quotes; nothing where no layer is named, or where the name is a default. */
export function renameRangeAt(
  snapshot: Snapshot,
  position: Position,
): { range: Range; placeholder: string } | undefined {
  const named = nameAt(snapshot, position);
  if (named === undefined || !isWritten(snapshot, named)) return undefined;
  const { start, end } = named.span;
  return { range: rangeOf(snapshot, { start: start + 1, end: end - 1 }), placeholder: named.name };
}

/** Renames a layer where it is defined and everywhere it is named; a reason instead where the new name cannot be. */
export function renameAt(
  snapshot: Snapshot,
  position: Position,
  newName: string,
): WorkspaceEdit | { readonly refused: string } {
  const named = nameAt(snapshot, position);
  if (named === undefined || !isWritten(snapshot, named))
    return { refused: t('Only the name of a layer can be renamed.') };
  const refused = refusal(snapshot, named, newName);
  if (refused !== undefined) return { refused };
  const text = JSON.stringify(newName);
  const edits = occurrencesAt(snapshot, position).map(({ span }) => TextEdit.replace(rangeOf(snapshot, span), text));
  return { changes: { [snapshot.document.uri]: edits } };
}

function refusal(snapshot: Snapshot, { name, network }: Named, newName: string): string | undefined {
  if (newName === '') return t('A layer needs a name.');
  if (newName === dataName && network.length > 2)
    return t("{0} is the name of the block's input. Give the layer another name.", '"data"');
  if (newName === dataName) return t("{0} is the name of the network's input. Give the layer another name.", '"data"');
  const taken = newName !== name && layersOf(snapshot, network).some((layer) => layer.name === newName);
  return taken ? t('There is a layer named {0} already.', JSON.stringify(newName)) : undefined;
}

interface Occurrence {
  readonly span: Span;
  readonly isDefinition: boolean;
}

/** In the order of the text. */
function occurrencesAt(snapshot: Snapshot, position: Position): Occurrence[] {
  const named = nameAt(snapshot, position);
  if (named === undefined) return [];
  const { name, network } = named;
  return layersOf(snapshot, network).flatMap((layer) => {
    const definition = layer.name === name && layer.nameSpan ? [{ span: layer.nameSpan, isDefinition: true }] : [];
    const references = layer.inputs.flatMap(({ name: input, span }) =>
      input === name && span ? [{ span, isDefinition: false }] : [],
    );
    return [...definition, ...references];
  });
}

/** A name of a layer, and the network in which it holds. */
interface Named {
  readonly name: string;
  readonly span: Span;
  readonly network: JsonPath;
}

function layersOf(snapshot: Snapshot, network: JsonPath): readonly LayerAnalysis[] {
  return allLayers(snapshot).filter(({ path }) => isIn(network, path));
}

/** The layer's name that stands at a position, its own or that of an input. */
function nameAt(snapshot: Snapshot, position: Position): Named | undefined {
  const offset = offsetOf(snapshot, position);
  const layer = layerAround(snapshot, offset);
  if (layer === undefined) return undefined;
  const isHere = (span: Span | undefined): span is Span =>
    span !== undefined && isStringAt(snapshot.text, span, offset);
  const network = networkPath(layer.path);
  if (isHere(layer.nameSpan)) return { name: layer.name, span: layer.nameSpan, network };
  const input = layer.inputs.find(({ span }) => isHere(span));
  return input?.span && { name: input.name, span: input.span, network };
}

/** A string that is still open does not say where its name ends. */
function isStringAt(text: string, { start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end && end - start > 1 && text.charAt(end - 1) === '"';
}

function definitionOf(snapshot: Snapshot, { name, network }: Named): Span | undefined {
  const layer =
    name === dataName ? blockAround(snapshot, network) : layersOf(snapshot, network).find((one) => one.name === name);
  if (layer !== undefined) return layer.nameSpan ?? layer.typeSpan ?? layer.span;
  return name === dataName ? dataSpan(snapshot) : undefined;
}

/** The size of a sample, which is what `"data"` stands for. */
function dataSpan({ analysis }: Snapshot): Span | undefined {
  const size = ['image_size', 'input_size'].find(
    (key) => childValue(childValue(analysis.document.value, 'data'), key) !== undefined,
  );
  const node = propertyNodeAt(analysis.document.root, size === undefined ? ['data'] : ['data', size]);
  return node?.children?.[0] && spanOf(node.children[0]);
}

function isWritten(snapshot: Snapshot, { name, network }: Named): boolean {
  return layersOf(snapshot, network).some((layer) => layer.name === name && layer.nameSpan !== undefined);
}
