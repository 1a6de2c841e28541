import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../core/scheme/diagnostics';
import { version } from '../package.json';
import type { LoadedScheme } from './input';

const levels = { error: 'error', warning: 'warning', hint: 'note' } as const;

/** A SARIF 2.1.0 log (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning services take it. */
export function sarifLog(schemes: readonly LoadedScheme[]): object {
  const codes = [...new Set(schemes.flatMap(({ analysis }) => analysis.diagnostics.map(({ code }) => code)))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Match Down', version, rules: codes.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: schemes.flatMap((scheme) => scheme.analysis.diagnostics.map((one) => result(scheme, one))),
      },
    ],
  };
}

function result({ file, document }: LoadedScheme, { code, severity, message, span }: Diagnostic): object {
  const [start, end] = [document.positionAt(span.start), document.positionAt(span.end)];
  const region = {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
  const physicalLocation = { artifactLocation: { uri: fileUri(file) }, region };
  return { ruleId: code, level: levels[severity], message: { text: message }, locations: [{ physicalLocation }] };
}

/** Relative to where the command was called when the file lies below it, since scanners resolve against the checkout. */
function fileUri(file: string): string {
  const relative = path.relative('.', file);
  const below = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return below ? relative.split(path.sep).map(encodeURIComponent).join('/') : pathToFileURL(file).href;
}
