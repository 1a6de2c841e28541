import { errorsText, hintsText, warningsText } from '../core/counts';
import { t } from '../core/l10n';
import type { Diagnostic, Severity } from '../core/scheme/diagnostics';
import type { LoadedScheme } from './input';
import type { Style, Terminal } from './terminal';

/** The JSON that `matchdown check` prints for one file; lines and characters count from 0, as in LSP. */
export function diagnosticsJson({ file, document, analysis }: LoadedScheme): object {
  return {
    file,
    diagnostics: analysis.diagnostics.map(({ code, severity, message, span, layer }) => ({
      code,
      severity,
      message,
      range: { start: document.positionAt(span.start), end: document.positionAt(span.end) },
      ...(layer === undefined ? {} : { layer }),
    })),
  };
}

/** One line a diagnostic, `file:line:column` first, so that terminals and editors can jump to it; then a line that counts. */
export function diagnosticsText(scheme: LoadedScheme, terminal: Terminal): string {
  const lines = scheme.analysis.diagnostics.map((diagnostic) => diagnosticLine(scheme, diagnostic, terminal));
  return [...lines, summaryLine(scheme, terminal)].join('\n');
}

export function diagnosticLine({ file, document }: LoadedScheme, diagnostic: Diagnostic, terminal: Terminal): string {
  const { line, character } = document.positionAt(diagnostic.span.start);
  return `${terminal.paint('bold', `${file}:${line + 1}:${character + 1}`)}: ${diagnosticText(diagnostic, terminal)}`;
}

/** A diagnostic without its place. */
export function diagnosticText(diagnostic: Diagnostic, terminal: Terminal): string {
  const severity = terminal.paint(styles[diagnostic.severity], severityName(diagnostic.severity));
  return `${severity}: ${diagnostic.message} ${terminal.paint('dim', `[${diagnostic.code}]`)}`;
}

function summaryLine({ file, analysis }: LoadedScheme, terminal: Terminal): string {
  const count = (severity: Severity) => analysis.diagnostics.filter((one) => one.severity === severity).length;
  const [errors, warnings, hints] = [count('error'), count('warning'), count('hint')];
  const verdict = errors === 0 ? terminal.paint('green', t('valid')) : terminal.paint('red', t('not valid'));
  return `${file}: ${verdict} (${errorsText(errors)}, ${warningsText(warnings)}, ${hintsText(hints)})`;
}

const styles: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', hint: 'cyan' };

function severityName(severity: Severity): string {
  return { error: t('error'), warning: t('warning'), hint: t('hint') }[severity];
}
