import path from 'node:path';
import { t } from '../../core/l10n';
import { isOpen, type SweepRecord, type SweepTrial } from '../../core/sweep/record';
import { followSweep, stopSweep } from '../../engine/sweep/follow';
import { launchSweep, resumeSweep, type SweepOutcome } from '../../engine/sweep/launch';
import { bestScheme } from '../../engine/sweep/paths';
import { listSweeps, readSweep, type Sweep } from '../../engine/sweep/store';
import { type Arguments, type Command, type ExitStatus, UsageError } from '../command';
import { diagnosticText } from '../diagnostics';
import { stoppedByInterrupt } from '../interrupt';
import { launchOptions, launchUsage } from '../launchOptions';
import { runsFolderOf } from '../runFolders';
import { findSweep } from '../sweepFolders';
import { readSweepOptions } from '../sweepOptions';
import { listColumns, listRow, trialsTable, valuesText } from '../sweepTable';
import { textTable } from '../table';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage:
    'SCHEME|FILE.sweep.json [--set KEY=RANGE]... [--strategy grid|random|halving|tpe] [--trials N] [--objective TAG] ' +
    `[--minimize|--maximize] [--concurrency N] [--seeds N,N,...] [--seed N] ${launchUsage}\n` +
    '       matchdown sweep list | show ID | stop ID | resume ID [--detach] [--runs DIR] [--format text|json]',
  get summary() {
    return t(
      'Trains the scheme with many values: --set model.learning_rate=1e-4..1e-1:log, 16..64, adam,sgd. Prints the id first, then follows it.',
    );
  },
  options: {
    ...launchOptions,
    strategy: { type: 'string' },
    trials: { type: 'string' },
    objective: { type: 'string' },
    minimize: { type: 'boolean' },
    maximize: { type: 'boolean' },
    concurrency: { type: 'string' },
    seeds: { type: 'string' },
    seed: { type: 'string' },
  },
  formats: ['text', 'json'],
  takesCommand: true,
  async run(args, terminal) {
    const [first, ...rest] = args.positionals;
    const verb = first !== undefined && Object.hasOwn(verbs, first) ? verbs[first] : undefined;
    if (verb) return verb(rest, args, terminal);
    return started(await launchSweep(await readSweepOptions(args)), args, terminal);
  },
};

const verbs: Readonly<Record<string, (names: string[], args: Arguments, terminal: Terminal) => Promise<ExitStatus>>> = {
  list,
  show,
  stop,
  resume,
};

async function list(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (names.length > 0) throw new UsageError(t('"list" takes no names.'));
  const folder = await runsFolderOf(args);
  const sweeps = await listSweeps([folder]);
  if (args.options.format === 'json') terminal.out(JSON.stringify(sweeps.map(asJson), null, 2));
  else if (sweeps.length === 0) terminal.err(t('There are no sweeps in {0}.', folder));
  else terminal.out(textTable(listColumns(), sweeps.map(listRow)));
  return 0;
}

async function show(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const folder = await oneSweep(names, args);
  print({ folder, record: await readSweep(folder) }, args, terminal);
  return 0;
}

async function stop(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  const outcome = await stopSweep(await oneSweep(names, args));
  if (outcome.ok) terminal.out(`${outcome.record.id}: ${outcome.record.state}`);
  else terminal.err(outcome.message);
  return outcome.ok ? 0 : 1;
}

async function resume(names: string[], args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  return started(await resumeSweep(await oneSweep(names, args)), args, terminal);
}

async function oneSweep(names: string[], args: Arguments): Promise<string> {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) throw new UsageError(t('Name one sweep.'));
  return findSweep(name, await runsFolderOf(args));
}

/** A sweep that was started is followed, unless it is to be left alone. */
async function started(outcome: SweepOutcome, args: Arguments, terminal: Terminal): Promise<ExitStatus> {
  if (!outcome.ok) {
    for (const diagnostic of outcome.diagnostics ?? []) terminal.err(diagnosticText(diagnostic, terminal));
    terminal.err(outcome.message);
    return outcome.diagnostics ? 1 : 2;
  }
  if (!args.options.detach) return follow(outcome, args, terminal);
  const { id, folder } = outcome;
  terminal.out(args.options.format === 'json' ? JSON.stringify({ id, folder }, null, 2) : id);
  return 0;
}

/** Ctrl+C stops the sweep and waits for its trainings' last checkpoints; pressed again, it ends the following only. */
function follow(
  { id, folder }: { id: string; folder: string },
  args: Arguments,
  terminal: Terminal,
): Promise<ExitStatus> {
  return stoppedByInterrupt(
    terminal,
    t('Stopping the sweep; press again to leave it alone. "matchdown sweep resume" goes on with it.'),
    () => stopSweep(folder),
    async ({ signal }) => {
      // Whoever reads the id may interrupt at once.
      if (args.options.format !== 'json') terminal.out(id);
      const told = new Set<number>();
      const record = await followSweep(folder, (now) => tell(now, told, args, terminal), signal);
      terminal.progress('');
      print({ folder, record }, args, terminal);
      if (record.error) terminal.err(record.error);
      return record.state === 'finished' && record.best !== undefined ? 0 : 1;
    },
  );
}

/** A line for each trial that has ended, and the changing one below. */
function tell(record: SweepRecord, told: Set<number>, { options }: Arguments, terminal: Terminal): void {
  for (const trial of record.trials) {
    // What is paused in a sweep that was just resumed goes on in a moment.
    const goesOn = trial.state === 'paused' ? record.state === 'running' : isOpen(trial);
    if (goesOn || told.has(trial.number)) continue;
    told.add(trial.number);
    if (options.format !== 'json') terminal.out(trialLine(record, trial));
  }
  const open = record.trials.filter(({ state }) => state === 'running' || state === 'starting').length;
  terminal.progress(t('{0} ended, {1} training', told.size, open));
}

function trialLine({ definition }: SweepRecord, trial: SweepTrial): string {
  const { number, state, objective, error } = trial;
  const result = objective === undefined ? (error ?? '') : `${definition.objective.tag} ${objective.toPrecision(4)}`;
  return `#${number} ${valuesText(trial)}: ${[state, result].filter(Boolean).join(', ')}`;
}

function print(sweep: Sweep, { options }: Arguments, terminal: Terminal): void {
  terminal.out(options.format === 'json' ? JSON.stringify(asJson(sweep), null, 2) : sweepText(sweep));
}

function sweepText({ folder, record }: Sweep): string {
  const best = record.trials.find(({ number }) => number === record.best);
  const lines = [
    ...(record.trials.length > 0 ? ['', trialsTable(record), ''] : []),
    t('{0}: {1} ({2})', record.id, record.state, folder),
    ...(best
      ? bestLines(record, best, bestScheme(folder))
      : [t('No trial has a value of {0} yet.', record.definition.objective.tag)]),
  ];
  return lines.join('\n');
}

function bestLines(record: SweepRecord, best: SweepTrial, file: string): string[] {
  const files = [record.scheme.path, file].map((each) => path.relative('', each) || each);
  const quoted = files.map((each) => (/[^\w./\\-]/.test(each) ? `"${each}"` : each));
  return [
    t('Best: #{0}, {1}', best.number, valuesText(best)),
    t('The scheme with these values, held against the original: git diff --no-index {0} {1}', quoted[0]!, quoted[1]!),
  ];
}

const asJson = ({ folder, record }: Sweep): object => ({ folder, ...record });
