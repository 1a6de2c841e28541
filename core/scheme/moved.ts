import type { Diagnostic, Span } from './diagnostics';
import type { JsonPath } from './types';

/** Where an offset of a part of a text is in the whole. */
export type Move = (offset: number) => number;

export function movedSpan({ start, end }: Span, move: Move): Span {
  return { start: move(start), end: move(end) };
}

/**
 * A diagnostic of a part of a text as one of the whole.
 *
 * @param index the present number of the network's element that it is about
 */
export function movedDiagnostic(diagnostic: Diagnostic, move: Move, index?: number): Diagnostic {
  const { span, fixes, related, path } = diagnostic;
  return {
    ...diagnostic,
    span: movedSpan(span, move),
    path: index === undefined ? path : renumbered(path, index),
    fixes: fixes.map((fix) => ({
      ...fix,
      changes: fix.changes.map((change) => ({ ...change, span: movedSpan(change.span, move) })),
    })),
    ...(related ? { related: related.map((place) => ({ ...place, span: movedSpan(place.span, move) })) } : {}),
  };
}

/** A path into an element of the network, for its present number. */
function renumbered(path: JsonPath, index: number): JsonPath {
  return path.length < 3 || path[2] === index ? path : path.with(2, index);
}
