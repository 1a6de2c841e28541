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
import { propertyNodeAt, spanOf } from '../scheme/document';
import { dataName } from '../scheme/layers';
import { childValue } from '../scheme/schema';
import { layerAround } from './layers';
import { offsetOf, rangeOf, type Snapshot } from './snapshot';

/** Where the layer that is named at a position is defined; for `"data"`, the scheme's data section. */
export function definitionAt(snapshot: Snapshot, position: Position): Location | undefined {
  const name = nameAt(snapshot, position)?.name;
  const span = name === undefined ? undefined : definitionOf(snapshot, name);
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
  if (named === undefined || !isWritten(snapshot, named.name)) return undefined;
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
  if (named === undefined || !isWritten(snapshot, named.name))
    return { refused: t('Only the name of a layer can be renamed.') };
  const refused = refusal(snapshot, named.name, newName);
  if (refused !== undefined) return { refused };
  const text = JSON.stringify(newName);
  const edits = occurrencesAt(snapshot, position).map(({ span }) => TextEdit.replace(rangeOf(snapshot, span), text));
  return { changes: { [snapshot.document.uri]: edits } };
}

function refusal({ analysis }: Snapshot, name: string, newName: string): string | undefined {
  if (newName === '') return t('A layer needs a name.');
  if (newName === dataName) return t("{0} is the name of the network's input. Give the layer another name.", '"data"');
  const taken = newName !== name && analysis.layers.some((layer) => layer.name === newName);
  return taken ? t('There is a layer named {0} already.', JSON.stringify(newName)) : undefined;
}

interface Occurrence {
  readonly span: Span;
  readonly isDefinition: boolean;
}

/** In the order of the text. */
function occurrencesAt(snapshot: Snapshot, position: Position): Occurrence[] {
  const name = nameAt(snapshot, position)?.name;
  if (name === undefined) return [];
  return snapshot.analysis.layers.flatMap((layer) => {
    const definition = layer.name === name && layer.nameSpan ? [{ span: layer.nameSpan, isDefinition: true }] : [];
    const references = layer.inputs.flatMap(({ name: input, span }) =>
      input === name && span ? [{ span, isDefinition: false }] : [],
    );
    return [...definition, ...references];
  });
}

/** The layer's name that stands at a position, its own or that of an input. */
function nameAt(snapshot: Snapshot, position: Position): { readonly name: string; readonly span: Span } | undefined {
  const offset = offsetOf(snapshot, position);
  const layer = layerAround(snapshot.analysis.layers, offset);
  if (layer === undefined) return undefined;
  const isHere = (span: Span | undefined): span is Span =>
    span !== undefined && isStringAt(snapshot.text, span, offset);
  if (isHere(layer.nameSpan)) return { name: layer.name, span: layer.nameSpan };
  const input = layer.inputs.find(({ span }) => isHere(span));
  return input?.span && { name: input.name, span: input.span };
}

/** A string that is still open does not say where its name ends. */
function isStringAt(text: string, { start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end && end - start > 1 && text.charAt(end - 1) === '"';
}

function definitionOf({ analysis }: Snapshot, name: string): Span | undefined {
  if (name === dataName) {
    const size = ['image_size', 'input_size'].find(
      (key) => childValue(childValue(analysis.document.value, 'data'), key) !== undefined,
    );
    const node = propertyNodeAt(analysis.document.root, size === undefined ? ['data'] : ['data', size]);
    return node?.children?.[0] && spanOf(node.children[0]);
  }
  const layer = analysis.layers.find((one) => one.name === name);
  return layer?.nameSpan ?? layer?.typeSpan ?? layer?.span;
}

function isWritten({ analysis }: Snapshot, name: string): boolean {
  return analysis.layers.some((layer) => layer.name === name && layer.nameSpan !== undefined);
}
