import { type InlayHint, MarkupKind, type Range, TextEdit } from 'vscode-languageserver-types';
import { parametersText } from '../counts';
import { t } from '../l10n';
import type { Settings } from '../protocol/server';
import type { Span, TextChange } from '../scheme/diagnostics';
import type { LayerAnalysis } from '../shape/analyze';
import type { NetworkLayer } from '../shape/network';
import { shapeText } from '../shape/shapes';
import { layersIn } from './layers';
import { layerDocumentation } from './layerText';
import { overlaps, rangeOf, type Snapshot, spanOf } from './snapshot';

export type InlayHintOptions = Settings['inlayHints'];

/** Output shape and parameters of each layer in the range, and the head that the scheme leaves out. */
export function inlayHintsIn(snapshot: Snapshot, range: Range, options: InlayHintOptions): InlayHint[] {
  const wanted = spanOf(snapshot, range);
  const layers = layersIn(snapshot, wanted);
  const hints = layers.flatMap((layer) => layerHints(snapshot, layer, options));
  return options.implicitHead ? [...hints, ...headHints(snapshot, wanted)] : hints;
}

function layerHints(snapshot: Snapshot, layer: LayerAnalysis, options: InlayHintOptions): InlayHint[] {
  const labels = [
    ...(options.outputShape && layer.outputShape !== undefined ? [`→ ${shapeText(layer.outputShape)}`] : []),
    ...(options.parameters && layer.networkLayer !== undefined ? parametersLabel(layer.networkLayer) : []),
  ];
  if (labels.length === 0) return [];
  const value = layerDocumentation(layer, snapshot.analysis.network);
  const position = snapshot.document.positionAt(hintOffset(snapshot, layer.span));
  return [{ position, label: labels.join(' · '), paddingLeft: true, tooltip: { kind: MarkupKind.Markdown, value } }];
}

function parametersLabel({ parameters }: NetworkLayer): string[] {
  return parameters === 0 ? [] : [parametersText(parameters)];
}

/** Behind the opening brace of a layer over several lines, where it stands like a headline; else behind the layer. */
function hintOffset({ text }: Snapshot, { start, end }: Span): number {
  return /^\{[ \t]*\r?\n/.test(text.slice(start, start + 80)) ? start + 1 : behind(text, end);
}

/** Not between a layer and its comma. */
function behind(text: string, end: number): number {
  return text.charAt(end) === ',' ? end + 1 : end;
}

/** The head stands behind the last layer; accepting the hint writes it out. */
function headHints(snapshot: Snapshot, wanted: Span): InlayHint[] {
  const { network, placed, diagnostics } = snapshot.analysis;
  const last = placed.length === 0 ? undefined : placed.at(placed.length - 1);
  if (last === undefined || !overlaps(last.span, wanted)) return [];
  const head = network?.head;
  if (head === undefined) return [];
  const fix = diagnostics.find(({ code }) => code === 'scheme/implicit-head')?.fixes[0];
  return [
    {
      position: snapshot.document.positionAt(behind(snapshot.text, last.span.end)),
      label: headLabel(head),
      paddingLeft: true,
      tooltip: t(
        'The network does not end in label_dim values, so this head is added. Accept the hint to write it out.',
      ),
      ...(fix === undefined ? {} : { textEdits: fix.changes.map((change) => textEdit(snapshot, change)) }),
    },
  ];
}

function headLabel({ operations, parameters, outputShape }: NetworkLayer): string {
  const steps = operations.map(({ kind }) => kind).join(' → ');
  return `+ ${steps} → ${shapeText(outputShape)} · ${parametersText(parameters)}`;
}

function textEdit(snapshot: Snapshot, { span, text }: TextChange): TextEdit {
  return TextEdit.replace(rangeOf(snapshot, span), text);
}
