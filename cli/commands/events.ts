import { t } from '../../core/l10n';
import { eventsCsv, readRuns, summarizeRuns } from '../../engine/eventsReport';
import { type Command, type ExitStatus, stringOption, UsageError } from '../command';
import { globPattern } from '../glob';
import { textTable } from '../table';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage: 'LOGDIR [--tag GLOB] [--format text|json|csv]',
  get summary() {
    return t('What the TensorBoard logs below a folder hold.');
  },
  options: { tag: { type: 'string' } },
  formats: ['text', 'json', 'csv'],
  async run(args, terminal) {
    const [folder, ...more] = args.positionals;
    if (folder === undefined || more.length > 0) throw new UsageError(t('Name one folder of logs.'));
    const pattern = globPattern(stringOption(args, 'tag') ?? '**');
    const runs = await readRuns(folder);
    return print(runs, (tag) => pattern.test(tag), String(args.options.format), terminal);
  },
};

type Runs = Awaited<ReturnType<typeof readRuns>>;

function print(runs: Runs, matches: (tag: string) => boolean, format: string, terminal: Terminal): ExitStatus {
  if (format === 'csv') {
    for (const lines of chunks(eventsCsv(runs, matches))) terminal.out(lines);
    return 0;
  }
  const report = summarizeRuns(runs, matches);
  terminal.out(format === 'json' ? JSON.stringify(report, null, 2) : asText(report));
  for (const { file, offset, damagedRecords, stopped } of report.runs.flatMap((run) => run.problems)) {
    const lost = stopped ? t('the rest of the file cannot be read') : t('damaged records: {0}', damagedRecords);
    terminal.err(t('{0}, byte {1}: {2}; everything else was read.', file, offset, lost));
  }
  return 0;
}

/** Lines joined into pieces of some size: a million single writes are slow. */
function* chunks(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 1 << 16) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function asText({ runs }: ReturnType<typeof summarizeRuns>): string {
  const columns = [
    { title: t('Run') },
    { title: t('Tag') },
    { title: t('Kind') },
    { title: t('Points'), align: 'right' as const },
    { title: t('Steps'), align: 'right' as const },
    { title: t('Last'), align: 'right' as const },
  ];
  const rows = runs.flatMap(({ name, tags }) =>
    Object.entries(tags).map(([tag, { kind, count, firstStep, lastStep, last }]) => [
      name,
      tag,
      kind,
      String(count),
      `${firstStep}–${lastStep}`,
      typeof last === 'number' ? String(Number(last.toPrecision(6))) : '–',
    ]),
  );
  return textTable(columns, rows);
}
