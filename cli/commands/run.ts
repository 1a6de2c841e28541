import { t } from '../../core/l10n';
import { dryRun } from '../../engine/runs/dryRun';
import { launchRun } from '../../engine/runs/launch';
import type { RunOptions } from '../../engine/runs/options';
import { type Arguments, type Command, type ExitStatus, stringOption, UsageError } from '../command';
import { diagnosticLine, diagnosticText } from '../diagnostics';
import { dryRunText } from '../dryRun';
import { follow, launching, readOverrides } from '../follow';
import { loadScheme } from '../input';
import { launchOptions, launchUsage, readLaunch } from '../launchOptions';
import type { Terminal } from '../terminal';

export const command: Command = {
  usage: `SCHEME [--set KEY=VALUE]... [--name NAME] [--purpose TEXT] [--dry-run] ${launchUsage}`,
  get summary() {
    return t('Trains the scheme, or runs your own command for it: prints the id of the run first, then follows it.');
  },
  options: {
    ...launchOptions,
    'dry-run': { type: 'boolean' },
    name: { type: 'string' },
    purpose: { type: 'string' },
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
  return {
    ...(await readLaunch(args, schemeFile)),
    schemeFile,
    overrides: readOverrides(args),
    name: stringOption(args, 'name'),
    purpose: stringOption(args, 'purpose'),
    target: stringOption(args, 'target'),
  };
}

function readSchemeFile({ positionals: [schemeFile, ...more] }: Arguments): string {
  if (schemeFile === undefined || more.length > 0) throw new UsageError(t('Name one scheme.'));
  return schemeFile;
}

async function showDryRun(options: RunOptions, json: boolean, terminal: Terminal): Promise<ExitStatus> {
  const outcome = await dryRun(options);
  if (!outcome.ok) return refuse(options.schemeFile, options.overrides ?? {}, outcome, terminal);
  terminal.out(json ? JSON.stringify(outcome.dryRun, null, 2) : dryRunText(outcome.dryRun, terminal));
  return 0;
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
