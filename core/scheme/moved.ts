import type { Diagnostic, Span } from './diagnostics';

/** Where an offset of a part of a text is in the whole. */
export type Move = (offset: number) => number;

export function movedSpan({ start, end }: Span, move: Move): Span {
  return { start: move(start), end: move(end) };
}

/** A diagnostic of a part of a text as one of the whole. */
export function movedDiagnostic(diagnostic: Diagnostic, move: Move): Diagnostic {
  const { span, fixes, related } = diagnostic;
  return {
    ...diagnostic,
    span: movedSpan(span, move),
    fixes: fixes.map((fix) => ({
      ...fix,
      changes: fix.changes.map((change) => ({ ...change, span: movedSpan(change.span, move) })),
    })),
    ...(related ? { related: related.map((place) => ({ ...place, span: movedSpan(place.span, move) })) } : {}),
  };
}
