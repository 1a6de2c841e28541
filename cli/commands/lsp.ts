import { pathToFileURL } from 'node:url';
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
    await import(pathToFileURL(entryPoint('server')).href);
    return new Promise<ExitStatus>(() => undefined);
  },
};
