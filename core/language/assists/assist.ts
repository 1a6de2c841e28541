import { createScanner } from 'jsonc-parser';
import type { Span, TextChange } from '../../scheme/diagnostics';
import type { JsonPath } from '../../scheme/types';
import type { LayerAnalysis } from '../../shape/analyze';
import { layerAround, layersOfNetwork, listOf } from '../layers';
import { networkPath } from '../nested';
import type { Snapshot } from '../snapshot';
import { Token } from '../tokens';

/** Another way to write the same network. */
export interface Assist {
  readonly title: string;
  readonly changes: readonly TextChange[];
}

/** A layer and those that stand in one network with it. */
export interface Siblings {
  readonly network: JsonPath;
  readonly layers: readonly LayerAnalysis[];
  /** Place of the layer among them. */
  readonly index: number;
}

/** The layer at an offset; nothing where the text is not well-formed, so that pieces of it could not be moved. */
export function siblingsAt(snapshot: Snapshot, offset: number): Siblings | undefined {
  if (snapshot.analysis.diagnostics.some(({ code }) => code === 'scheme/syntax')) return undefined;
  const layer = layerAround(snapshot, offset);
  if (layer === undefined) return undefined;
  const network = networkPath(layer.path);
  const layers = listOf(layersOfNetwork(snapshot, network));
  return { network, layers, index: Number(layer.path.at(-1)) };
}

/** Whether a default name, which holds the layer's number, is written out anywhere: then no layer may move. */
export function namesByNumber(layers: readonly LayerAnalysis[]): boolean {
  const numbered = new Set(layers.filter(({ nameSpan }) => nameSpan === undefined).map(({ name }) => name));
  return layers.some(({ inputs }) => inputs.some(({ name, span }) => span !== undefined && numbered.has(name)));
}

/** Whether there is a comment between two offsets, outside of the spans given. */
export function hasComment(text: string, { start, end }: Span, except: readonly Span[] = []): boolean {
  const scanner = createScanner(text.slice(start, end), false);
  for (let kind: number = scanner.scan(); kind !== Token.end; kind = scanner.scan()) {
    const offset = start + scanner.getTokenOffset();
    const isComment = kind === Token.lineComment || kind === Token.blockComment;
    if (isComment && !except.some((span) => span.start <= offset && offset < span.end)) return true;
  }
  return false;
}

/** How the lines around a layer are laid out. */
export interface Layout {
  /** Blanks before the layer on its line; nothing where something else stands there. */
  readonly indent: string | undefined;
  /** One level. */
  readonly unit: string;
  readonly lineBreak: string;
}

export function layoutAround(text: string, { path, span }: LayerAnalysis): Layout {
  const lineStart = Math.max(text.lastIndexOf('\n', span.start - 1), text.lastIndexOf('\r', span.start - 1)) + 1;
  const before = text.slice(lineStart, span.start);
  const indent = /^[ \t]*$/.test(before) && lineStart > 0 ? before : undefined;
  const levels = path.length;
  const isEven = indent !== undefined && indent.length > 0 && indent.length % levels === 0;
  const unit = indent?.includes('\t') ? '\t' : ' '.repeat(isEven ? indent.length / levels : 2);
  return { indent, unit, lineBreak: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** A piece of the text with changes made in it. */
export function changed(text: string, { start, end }: Span, changes: readonly TextChange[]): string {
  const ordered = [...changes].sort((one, other) => one.span.start - other.span.start);
  let result = '';
  let at = start;
  for (const { span, text: inserted } of ordered) {
    result += text.slice(at, span.start) + inserted;
    at = span.end;
  }
  return result + text.slice(at, end);
}

/** The lines of a piece after its first, indented otherwise. */
export function reindented(piece: string, from: string, to: string): string {
  return piece.replace(/(\r\n|\n)([ \t]*)(?=[^\s])/g, (_, lineBreak: string, blanks: string) =>
    blanks.startsWith(from) ? lineBreak + to + blanks.slice(from.length) : lineBreak + blanks,
  );
}
