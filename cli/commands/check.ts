import { t } from '../../core/l10n';
import type { Diagnostic } from '../../core/scheme/diagnostics';
import { type Command, type ExitStatus, UsageError } from '../command';
import { diagnosticsJson, diagnosticsText } from '../diagnostics';
import { type LoadedScheme, loadScheme } from '../input';
import { sarifLog } from '../sarif';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage: 'SCHEME... [--format text|json|sarif]',
  get summary() {
    return t('All diagnostics that the editor shows.');
  },
  options: {},
  formats: ['text', 'json', 'sarif'],
  async run({ positionals, options }, terminal) {
    if (positionals.length === 0) throw new UsageError(t('Name at least one scheme.'));
    const schemes = await Promise.all(positionals.map(loadScheme));
    print(schemes, String(options.format), terminal);
    return status(schemes.flatMap(({ analysis }) => analysis.diagnostics));
  },
};

function print(schemes: readonly LoadedScheme[], format: string, terminal: Terminal): void {
  if (format === 'json') terminal.out(JSON.stringify(schemes.map(diagnosticsJson), null, 2));
  else if (format === 'sarif') terminal.out(JSON.stringify(sarifLog(schemes), null, 2));
  else for (const scheme of schemes) terminal.out(diagnosticsText(scheme, terminal));
}

function status(diagnostics: readonly Diagnostic[]): ExitStatus {
  return diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0;
}
