import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { parseOverride } from '../../core/scheme/overrides';
import { errorMessage } from '../../engine/errors';
import { followRun } from '../../engine/runs/follow';
import { launchEmbedded } from '../../engine/runs/launch';
import { stopRun } from '../../engine/runs/stop';
import { type Arguments, type Command, type ExitStatus, stringOption, UsageError } from '../command';
import { diagnosticLine, diagnosticText } from '../diagnostics';
import { loadScheme } from '../input';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage:
    'SCHEME [--set KEY=VALUE]... [--name NAME] [--purpose TEXT] [--threads N] [--detach] [--runs DIR] [--format text|json]',
  get summary() {
    return t('Trains the scheme: prints the id of the run first, then follows it.');
  },
  options: {
    set: { type: 'string', multiple: true },
    target: { type: 'string' },
    name: { type: 'string' },
    purpose: { type: 'string' },
    threads: { type: 'string' },
    detach: { type: 'boolean' },
    runs: { type: 'string' },
  },
  formats: ['text', 'json'],
  takesCommand: true,
  async run(args, terminal) {
    const schemeFile = readSchemeFile(args);
    const overrides = readOverrides(args);
    const launched = await launchEmbedded({
      schemeFile,
      overrides,
      runsFolder: path.resolve(stringOption(args, 'runs') ?? path.join(path.dirname(schemeFile), 'runs')),
      name: stringOption(args, 'name'),
      purpose: stringOption(args, 'purpose'),
      threads: readThreads(stringOption(args, 'threads')),
    });
    if (!launched.ok) return refuse(schemeFile, overrides, launched, terminal);
    const json = args.options.format === 'json';
    if (!json) terminal.out(launched.id);
    if (args.options.detach) {
      if (json) terminal.out(JSON.stringify({ id: launched.id, folder: launched.folder }, null, 2));
      return 0;
    }
    return follow(launched.folder, json, terminal);
  },
};

function readSchemeFile({ positionals: [schemeFile, ...more], options, rest }: Arguments): string {
  if (schemeFile === undefined || more.length > 0) throw new UsageError(t('Name one scheme.'));
  if (rest.length > 0)
    throw new UsageError(t('Training with your own command is not there yet; leave out what stands behind "--".'));
  const target = options.target ?? 'embedded';
  if (target !== 'embedded')
    throw new UsageError(t('The only target of this version is "embedded", not "{0}".', String(target)));
  return schemeFile;
}

function readOverrides({ options }: Arguments): Record<string, unknown> {
  const settings = Array.isArray(options.set) ? options.set.map(String) : [];
  return Object.fromEntries(
    settings.map((setting) => {
      const override = parseOverride(setting);
      if (!override)
        throw new UsageError(t('--set takes KEY=VALUE, model.learning_rate=0.01 for example, not "{0}".', setting));
      return [override.key, override.value];
    }),
  );
}

function readThreads(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(value)) throw new UsageError(t('--threads is a whole number from 1, not "{0}".', value));
  return Number(value);
}

/** A scheme that cannot be built is told line by line, as `matchdown check` does; what `--set` makes of it has no lines. */
async function refuse(
  schemeFile: string,
  overrides: Record<string, unknown>,
  { message, diagnostics = [] }: { message: string; diagnostics?: Parameters<typeof diagnosticLine>[1][] },
  terminal: Terminal,
): Promise<ExitStatus> {
  const hasLines = diagnostics.length > 0 && Object.keys(overrides).length === 0;
  const scheme = hasLines ? await loadScheme(schemeFile) : undefined;
  for (const diagnostic of diagnostics)
    terminal.err(scheme ? diagnosticLine(scheme, diagnostic, terminal) : diagnosticText(diagnostic, terminal));
  terminal.err(message);
  return diagnostics.length > 0 ? 1 : 2;
}

/** Ctrl+C stops the run and waits for its last checkpoint; pressed again, it ends the following only. */
async function follow(folder: string, json: boolean, terminal: Terminal): Promise<ExitStatus> {
  const following = new AbortController();
  let stopping = false;
  const interrupt = () => {
    if (stopping) return following.abort();
    stopping = true;
    terminal.err(t('Stopping the run; press again to leave it alone.'));
    stopRun(folder).then(
      (outcome) => outcome.ok || terminal.err(outcome.message),
      (error: unknown) => terminal.err(errorMessage(error)),
    );
  };
  process.on('SIGINT', interrupt);
  try {
    const record = await followRun(
      folder,
      (event) => {
        if (event.kind === 'output' && !json) terminal.out(event.text);
        if (event.kind === 'record') terminal.progress(progressLine(event.record));
      },
      following.signal,
    );
    terminal.progress('');
    return end(record, folder, json, terminal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function end(record: RunRecord, folder: string, json: boolean, terminal: Terminal): ExitStatus {
  const { id, state, metrics, error } = record;
  if (json) terminal.out(JSON.stringify({ id, folder, state, metrics, ...(error && { error }) }, null, 2));
  else terminal.out(t('{0}: {1} ({2})', id, state, folder));
  if (error) terminal.err(error);
  return state === 'finished' ? 0 : 1;
}

function progressLine({ progress }: RunRecord): string {
  if (!progress) return '';
  const left = progress.secondsLeft === undefined ? '' : t(', {0} s left', Math.round(progress.secondsLeft));
  return t('epoch {0} of {1}', progress.epoch, progress.epochs) + left;
}
