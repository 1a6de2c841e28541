import type { Node } from 'jsonc-parser';
import type { Position, SelectionRange } from 'vscode-languageserver-types';
import type { Span } from '../scheme/diagnostics';
import { nodeAround, spanOf } from '../scheme/tree';
import { offsetOf, rangeOf, type Snapshot } from './snapshot';

/** What "expand selection" goes through: a string's content, the value, its key with it, the object's content, the object, ... */
export function selectionRangesAt(snapshot: Snapshot, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => selectionRangeAt(snapshot, position));
}

function selectionRangeAt(snapshot: Snapshot, position: Position): SelectionRange {
  const { root } = snapshot.analysis.document;
  const offset = offsetOf(snapshot, position);
  const spans: Span[] = [];
  let node = nodeAround(root, offset, true);
  for (; node !== undefined; node = node.parent) {
    for (const span of spansOf(node)) {
      // Before a bracket one is not inside of it; a bracket that is not closed encloses what stands at its end.
      if (contains(span, spans.at(-1) ?? { start: offset, end: offset })) spans.push(span);
    }
  }
  const whole: SelectionRange = { range: rangeOf(snapshot, { start: 0, end: snapshot.text.length }) };
  return spans.reduceRight((parent, span) => ({ range: rangeOf(snapshot, span), parent }), whole);
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Innermost first. */
function spansOf(node: Node): Span[] {
  const own = spanOf(node);
  const hasInside = node.type === 'string' || node.type === 'object' || node.type === 'array';
  return hasInside && node.length > 2 ? [{ start: own.start + 1, end: own.end - 1 }, own] : [own];
}
