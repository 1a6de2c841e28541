import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import type { Diagnostic as SchemeDiagnostic, Severity, Span } from '../scheme/diagnostics';
import { nearestSpan } from '../scheme/tree';
import { rangeOf, type Snapshot } from './snapshot';

/** What an editor shows as the one who says it. */
export const diagnosticSource = 'matchdown';

/**
 * The scheme's own diagnostics.
 *
 * @param pages addresses of the pages that explain a code
 */
export function diagnosticsOf(snapshot: Snapshot, pages: ReadonlyMap<string, string> = new Map()): Diagnostic[] {
  return snapshot.analysis.diagnostics.map((diagnostic) => {
    const href = pages.get(diagnostic.code);
    return { ...diagnosticOf(snapshot, diagnostic), ...(href === undefined ? {} : { codeDescription: { href } }) };
  });
}

export function diagnosticOf(snapshot: Snapshot, diagnostic: SchemeDiagnostic): Diagnostic {
  return converted(snapshot, diagnostic, diagnostic.span, diagnosticSource);
}

/**
 * Diagnostics of another source, made for a text that may have been edited since: each stands where its path leads now, a
 * layer's at its name. One whose layer is gone is left out.
 */
export function extraDiagnosticsOf(
  snapshot: Snapshot,
  source: string,
  diagnostics: readonly SchemeDiagnostic[],
): Diagnostic[] {
  const names = new Set(snapshot.analysis.layers.map(({ name }) => name));
  const present = diagnostics.filter(({ layer }) => layer === undefined || names.has(layer));
  return present.map((diagnostic) => converted(snapshot, diagnostic, presentSpan(snapshot, diagnostic), source));
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Hint,
};

/** What could be left out is shown faded. */
const superfluous: ReadonlySet<string> = new Set(['scheme/redundant-default', 'scheme/trailing-comma']);

function converted(snapshot: Snapshot, diagnostic: SchemeDiagnostic, span: Span, source: string): Diagnostic {
  const related = (diagnostic.related ?? []).map((place) => ({
    location: { uri: snapshot.document.uri, range: rangeOf(snapshot, place.span) },
    message: place.message,
  }));
  return {
    range: rangeOf(snapshot, span),
    severity: severities[diagnostic.severity],
    code: diagnostic.code,
    source,
    message: diagnostic.message,
    ...(superfluous.has(diagnostic.code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...(diagnostic.fixes.length > 0 ? { data: { fixes: diagnostic.fixes.map(({ title }) => title) } } : {}),
  };
}

function presentSpan({ analysis }: Snapshot, { path, layer }: SchemeDiagnostic): Span {
  const own = analysis.layers.find(({ name }) => name === layer);
  const place = own === undefined ? path : [...own.path, ...path.slice(own.path.length)];
  const isWhole = own !== undefined && place.length <= own.path.length;
  return isWhole ? (own.nameSpan ?? own.typeSpan ?? own.span) : nearestSpan(analysis.document.root, place);
}
