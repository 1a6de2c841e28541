import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Position, Range } from 'vscode-languageserver-types';
import type { Span } from '../scheme/diagnostics';
import { type Analysis, type AnalyzeOptions, analyze } from '../shape/analyze';

/** One version of a scheme's text and what it means. Everything here is a function of a snapshot, and of nothing else. */
export interface Snapshot {
  /** Positions are lines and UTF-16 code units, as everywhere in the Language Server Protocol. */
  readonly document: TextDocument;
  /** The document's version that this is; the document itself may have gone on. */
  readonly version: number;
  readonly text: string;
  readonly analysis: Analysis;
  /** What was known from outside the text when it was analyzed. */
  readonly facts: AnalyzeOptions;
}

/** @param previous a snapshot of the same document before an edit: what it knows of the rest is taken over */
export function snapshotOf(document: TextDocument, facts: AnalyzeOptions = {}, previous?: Snapshot): Snapshot {
  const text = document.getText();
  return { document, version: document.version, text, analysis: analyze(text, facts, previous?.analysis), facts };
}

/** A snapshot of a text that no editor holds. */
export function snapshotOfText(text: string, uri = 'untitled:model_scheme.json'): Snapshot {
  return snapshotOf(TextDocument.create(uri, 'model-scheme', 0, text));
}

export function rangeOf({ document }: Snapshot, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

export function offsetOf({ document }: Snapshot, position: Position): number {
  return document.offsetAt(position);
}

export function spanOf({ document }: Snapshot, { start, end }: Range): Span {
  return { start: document.offsetAt(start), end: document.offsetAt(end) };
}

export function overlaps(one: Span, other: Span): boolean {
  return one.start <= other.end && other.start <= one.end;
}
