import { SemanticTokenModifiers, type SemanticTokensLegend, SemanticTokenTypes } from 'vscode-languageserver-types';
import type { Span } from '../scheme/diagnostics';
import type { JsonPath } from '../scheme/types';
import type { LayerAnalysis } from '../shape/analyze';
import { layersIn } from './layers';
import { allLayers, networkPath } from './nested';
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
  const all = allLayers(snapshot);
  const layers = wanted === undefined ? all : layersIn(all, wanted);
  const names = new Set(all.map(({ path, name }) => keyOf(path, name)));
  const spans = layers
    .flatMap((layer) => spansOf(layer, names))
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

/** A name together with the network that it holds in. */
function keyOf(path: JsonPath, name: string): string {
  return `${networkPath(path).join('/')} ${name}`;
}

function spansOf({ path, nameSpan, typeSpan, type, inputs }: LayerAnalysis, names: ReadonlySet<string>): NamedSpan[] {
  const used = inputs.flatMap(({ name, span }) => (span !== undefined && names.has(keyOf(path, name)) ? [span] : []));
  return [
    ...(nameSpan === undefined ? [] : [{ span: nameSpan, type: nameToken, modifiers: declaration }]),
    ...(typeSpan === undefined || type === undefined ? [] : [{ span: typeSpan, type: typeToken, modifiers: 0 }]),
    ...used.map((span) => ({ span, type: nameToken, modifiers: 0 })),
  ];
}
