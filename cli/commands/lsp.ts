import { t } from '../../core/l10n';
import { entryPoint } from '../../engine/entryPoint';
import { type Command, type ExitStatus, UsageError } from '../command';

export const command: Command = {
  usage: '--stdio',
  get summary() {
    return t('The language server, for any editor.');
  },
  options: { stdio: { type: 'boolean' } },
  formats: ['text'],
  async run({ options }) {
    if (!options.stdio) throw new UsageError(t('The language server speaks over --stdio.'));
    // The server reads `--stdio` from the same argv, and ends the process when the editor says so.
    // The bundler makes a `require` of the import, which takes a path and no address.
    await import(entryPoint('server'));
    return new Promise<ExitStatus>(() => undefined);
  },
};
