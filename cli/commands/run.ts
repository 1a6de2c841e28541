import path from 'node:path';
import { t } from '../../core/l10n';
import type { GpuChoice } from '../../core/runs/target';
import { dryRun } from '../../engine/runs/dryRun';
import { launchRun } from '../../engine/runs/launch';
import type { RunOptions } from '../../engine/runs/options';
import { findTargets } from '../../engine/targets/targetFiles';
import { type Arguments, type Command, type ExitStatus, stringOption, UsageError } from '../command';
import { deviceOption } from '../device';
import { diagnosticLine, diagnosticText } from '../diagnostics';
import { dryRunText } from '../dryRun';
import { follow, launching, readOverrides } from '../follow';
import { loadScheme } from '../input';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage:
    'SCHEME [--target NAME] [--targets FILE] [--gpus auto|none|N|0,1] [--set KEY=VALUE]... [--name NAME] [--purpose TEXT] [--threads N] [--device NAME] [--detach] [--dry-run] [--runs DIR] [--format text|json] [-- COMMAND...]',
  get summary() {
    return t('Trains the scheme, or runs your own command for it: prints the id of the run first, then follows it.');
  },
  options: {
    set: { type: 'string', multiple: true },
    target: { type: 'string' },
    targets: { type: 'string' },
    gpus: { type: 'string' },
    'dry-run': { type: 'boolean' },
    name: { type: 'string' },
    purpose: { type: 'string' },
    threads: { type: 'string' },
    device: { type: 'string' },
    detach: { type: 'boolean' },
    runs: { type: 'string' },
  },
  formats: ['text', 'json'],
  takesCommand: true,
  async run(args, terminal) {
    const schemeFile = readSchemeFile(args);
    const options = await readOptions(schemeFile, args);
    const json = args.options.format === 'json';
    if (args.options['dry-run']) return showDryRun(options, json, terminal);
    const launched = await launching(terminal, (how) => launchRun({ ...options, ...how }));
    if (!launched.ok) return refuse(schemeFile, options.overrides ?? {}, launched, terminal);
    if (!json) terminal.out(launched.id);
    if (args.options.detach) {
      if (json) terminal.out(JSON.stringify({ id: launched.id, folder: launched.folder }, null, 2));
      return 0;
    }
    return follow(launched.folder, json, terminal);
  },
};

async function readOptions(schemeFile: string, args: Arguments): Promise<RunOptions> {
  const gpus = stringOption(args, 'gpus');
  return {
    schemeFile,
    overrides: readOverrides(args),
    runsFolder: path.resolve(stringOption(args, 'runs') ?? path.join(path.dirname(schemeFile), 'runs')),
    name: stringOption(args, 'name'),
    purpose: stringOption(args, 'purpose'),
    threads: readThreads(stringOption(args, 'threads')),
    device: deviceOption(args),
    target: stringOption(args, 'target'),
    targets: await findTargets(path.dirname(schemeFile), stringOption(args, 'targets')),
    ...(gpus !== undefined && { gpus: readGpus(gpus) }),
    ...(args.rest.length > 0 && { command: args.rest }),
    projectFolder: process.cwd(),
  };
}

function readSchemeFile({ positionals: [schemeFile, ...more] }: Arguments): string {
  if (schemeFile === undefined || more.length > 0) throw new UsageError(t('Name one scheme.'));
  return schemeFile;
}

function readGpus(value: string): GpuChoice {
  if (value === 'auto' || value === 'none') return value;
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  if (/^\d+(,\d+)*,?$/.test(value)) return value.split(',').filter(Boolean).map(Number);
  throw new UsageError(t('--gpus is auto, none, a number, or a list of indices (0,1 or 0,), not "{0}".', value));
}

async function showDryRun(options: RunOptions, json: boolean, terminal: Terminal): Promise<ExitStatus> {
  const outcome = await dryRun(options);
  if (!outcome.ok) return refuse(options.schemeFile, options.overrides ?? {}, outcome, terminal);
  terminal.out(json ? JSON.stringify(outcome.dryRun, null, 2) : dryRunText(outcome.dryRun, terminal));
  return 0;
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
