import { t } from '../../core/l10n';
import { writeReport } from '../../engine/report';
import { type Command, stringOption, UsageError } from '../command';
import { runFolders, runsFolderOf } from '../runFolders';

export const command: Command = {
  usage: 'RUN_OR_LOGDIR... -o NOTE.md|NOTE.html|NOTE.ipynb [--runs DIR]',
  get summary() {
    return t('The lab note of one run or several.');
  },
  options: { output: { type: 'string', short: 'o' }, runs: { type: 'string' } },
  formats: ['text'],
  async run(args, terminal) {
    const output = stringOption(args, 'output');
    if (args.positionals.length === 0) throw new UsageError(t('Name at least one run, or a folder with its logs.'));
    if (output === undefined) throw new UsageError(t('Say with -o where the note should go.'));
    const folders = await runFolders(args.positionals, await runsFolderOf(args));
    const { file } = await writeReport(folders, output);
    terminal.out(file);
    return 0;
  },
};
