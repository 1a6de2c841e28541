import { spawn } from 'node:child_process';
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
    const server = spawn(process.execPath, [entryPoint('server'), '--stdio'], { stdio: 'inherit' });
    return new Promise<ExitStatus>((resolve) => server.once('exit', (code) => resolve(code === 0 ? 0 : 1)));
  },
};
