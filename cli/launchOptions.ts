import path from 'node:path';
import { t } from '../core/l10n';
import type { GpuChoice, Target } from '../core/runs/target';
import type { RunOptions } from '../engine/runs/options';
import { findTargets } from '../engine/targets/targetFiles';
import { type Arguments, countOption, stringOption, UsageError } from './command';
import { deviceOption } from './device';

/** The options by which `run` and `sweep` say how a training is started. */
export const launchOptions = {
  set: { type: 'string', multiple: true },
  target: { type: 'string' },
  targets: { type: 'string' },
  gpus: { type: 'string' },
  threads: { type: 'string' },
  device: { type: 'string' },
  detach: { type: 'boolean' },
  runs: { type: 'string' },
} as const;

export const launchUsage =
  '[--target NAME] [--targets FILE] [--gpus auto|none|N|0,1] [--threads N] [--device NAME] [--detach] [--runs DIR] ' +
  '[--format text|json] [-- COMMAND...]';

export type Launch = Pick<RunOptions, 'gpus' | 'threads' | 'device' | 'command'> & {
  readonly runsFolder: string;
  /** Where a command is run: where the command line is. */
  readonly projectFolder: string;
  readonly targets: readonly Target[];
};

/** What they say. Throws `UsageError`, and `InputError` for targets that cannot be read. */
export async function readLaunch(args: Arguments, schemeFile: string): Promise<Launch> {
  const folder = path.dirname(path.resolve(schemeFile));
  const gpus = stringOption(args, 'gpus');
  const threads = countOption(args, 'threads');
  const device = deviceOption(args);
  return {
    runsFolder: path.resolve(stringOption(args, 'runs') ?? path.join(folder, 'runs')),
    projectFolder: process.cwd(),
    targets: await findTargets(folder, stringOption(args, 'targets')),
    ...(gpus !== undefined && { gpus: readGpus(gpus) }),
    ...(threads !== undefined && { threads }),
    ...(device && { device }),
    ...(args.rest.length > 0 && { command: args.rest }),
  };
}

function readGpus(value: string): GpuChoice {
  if (value === 'auto' || value === 'none') return value;
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  if (/^\d+(,\d+)*,?$/.test(value)) return value.split(',').filter(Boolean).map(Number);
  throw new UsageError(t('--gpus is auto, none, a number, or a list of indices (0,1 or 0,), not "{0}".', value));
}
