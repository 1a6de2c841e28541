import { SemanticTokenModifiers, type SemanticTokensLegend, SemanticTokenTypes } from 'vscode-languageserver-types';
import type { Span } from '../scheme/diagnostics';
import type { LayerAnalysis } from '../shape/analyze';
import { layersIn, layersOfNetwork } from './layers';
import { allLayers } from './nested';
import type { Snapshot } from './snapshot';

export const semanticTokensLegend: SemanticTokensLegend = {
  tokenTypes: [SemanticTokenTypes.class, SemanticTokenTypes.type],
  tokenModifiers: [SemanticTokenModifiers.declaration],
};

const nameToken = 0;
const typeToken = 1;
const declaration = 1;

interface NamedSpan {
  readonly span: Span;
  readonly type: number;
  readonly modifiers: number;
}

/**
 * The strings that are more than text: names of layers where they are defined and where they are used, and known types.
 * As five integers each, relative to the one before, as the protocol wants them.
 */
export function semanticTokensIn(snapshot: Snapshot, wanted?: Span): number[] {
  const layers = wanted === undefined ? allLayers(snapshot) : layersIn(snapshot, wanted);
  const spans = layers
    .flatMap((layer) => spansOf(snapshot, layer))
    .toSorted((one, other) => one.span.start - other.span.start);
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const { span, type, modifiers } of spans) {
    const position = snapshot.document.positionAt(span.start);
    const sameLine = position.line === line;
    data.push(position.line - line, sameLine ? position.character - character : position.character);
    data.push(span.end - span.start, type, modifiers);
    ({ line, character } = position);
  }
  return data;
}

function spansOf(snapshot: Snapshot, { path, nameSpan, typeSpan, type, inputs }: LayerAnalysis): NamedSpan[] {
  const written = inputs.filter(({ span }) => span !== undefined);
  const siblings = written.length > 0 ? layersOfNetwork(snapshot, path) : undefined;
  const used = written.flatMap(({ name, span }) => (siblings?.indexOf(name) === undefined || !span ? [] : [span]));
  return [
    ...(nameSpan === undefined ? [] : [{ span: nameSpan, type: nameToken, modifiers: declaration }]),
    ...(typeSpan === undefined || type === undefined ? [] : [{ span: typeSpan, type: typeToken, modifiers: 0 }]),
    ...used.map((span) => ({ span, type: nameToken, modifiers: 0 })),
  ];
}
