import { t } from '../../core/l10n';
import { renderMatch } from '../../core/match/formats';
import type { MatchReport } from '../../core/match/report';
import { matchFiles } from '../../engine/match';
import { type Command, type ExitStatus, stringOption, UsageError } from '../command';

export const command: Command = {
  usage:
    'INTENDED EXPORTED [--format text|json|sarif|junit|markdown|html] [--no-numeric] [--strict] [--tolerance NUMBER]',
  get summary() {
    return t('Is the exported graph the intended one? Each side is a scheme or an ONNX file.');
  },
  options: { 'no-numeric': { type: 'boolean' }, strict: { type: 'boolean' }, tolerance: { type: 'string' } },
  formats: ['text', 'json', 'sarif', 'junit', 'markdown', 'html'],
  async run(args, terminal) {
    const [intended, exported, ...more] = args.positionals;
    if (exported === undefined || more.length > 0) throw new UsageError(t('Name two files: intended, then exported.'));
    const tolerance = readTolerance(stringOption(args, 'tolerance'));
    terminal.progress(t('Comparing {0} with {1} ...', intended, exported));
    const report = await matchFiles(intended, exported, { numeric: !args.options['no-numeric'], tolerance });
    terminal.progress('');
    terminal.out(renderMatch(report, String(args.options.format)));
    return status(report, Boolean(args.options.strict));
  },
};

function status({ verdict, cannotBeTold }: MatchReport, strict: boolean): ExitStatus {
  return verdict === 'match' && !(strict && cannotBeTold.length > 0) ? 0 : 1;
}

function readTolerance(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const tolerance = Number(value);
  if (value.trim() === '' || !(tolerance >= 0)) {
    throw new UsageError(t('--tolerance is a number that is not negative, not "{0}".', value));
  }
  return tolerance;
}
