import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { isActive } from '../../core/runs/states';
import { builtInTargets, isRemote, type Target } from '../../core/runs/target';
import { InputError } from '../errors';
import { changing } from './change';
import { refusable } from './diskProblem';
import { launchEmbedded, resumeEmbedded } from './embedded';
import { readFrozenScheme } from './frozenScheme';
import { launchLocal, resumeLocal } from './local';
import type { ArrayOptions, ArrayOutcome, LaunchOutcome, ResumeOptions, RunOptions } from './options';
import { readRecord } from './store';

export { launchEmbedded } from './embedded';
export type * from './options';

/**
 * Starts a run on any target. Resolves as soon as it is started there (for Slurm: as soon as it is queued); what becomes of it
 * stands in the run's record, which `attach` keeps for remote targets. Nothing is left behind when the scheme or the target is
 * wrong.
 */
export async function launchRun(options: RunOptions): Promise<LaunchOutcome> {
  const target = findTarget(options);
  if (!target) return { ok: false, message: unknownTarget(options) };
  if (target.kind === 'embedded' && options.command) return { ok: false, message: noCommand() };
  if (target.kind === 'embedded') return launchEmbedded(options);
  if (target.kind === 'local') return launchLocal(options, target);
  const { launchRemote } = await import('../targets/launch');
  return launchRemote(options, target);
}

/**
 * Starts many runs of one scheme on a remote target; Slurm queues them as one array, of which `atOnce` run at a time. Either all
 * are started, or none is made.
 */
export async function launchArray(options: ArrayOptions): Promise<ArrayOutcome> {
  const target = findTarget(options);
  if (!target) return { ok: false, message: unknownTarget(options) };
  if (!isRemote(target)) return { ok: false, message: t('Only remote targets start many runs at once.') };
  const { launchTogether } = await import('../targets/launch');
  return launchTogether(options, target);
}

/** The target that the options name; `embedded` without a name, or `local` for a command. */
export function findTarget({
  target,
  targets = [],
  command,
}: Pick<RunOptions, 'target' | 'targets' | 'command'>): Target | undefined {
  const name = target ?? (command ? 'local' : 'embedded');
  return [...targets, ...builtInTargets].find((each) => each.name === name);
}

/**
 * Continues a run that was stopped, failed or was killed, in the same folder: our trainers go on from their last checkpoint, a
 * command is started again and finds what it left. Throws `InputError` when there is no run.
 */
export async function resumeRun(folder: string, options: ResumeOptions = {}): Promise<LaunchOutcome> {
  await readRecord(folder);
  return refusable(folder, () => changing([folder], () => resumeAlone(path.resolve(folder), options)));
}

async function resumeAlone(folder: string, options: ResumeOptions): Promise<LaunchOutcome> {
  const record = await readRecord(folder);
  const problem = await whyNotResumed(folder, record);
  if (problem !== undefined) return { ok: false, message: problem };
  if (record.trainer === 'embedded') return resumeEmbedded(folder, record, options);
  if (record.launch?.target.kind === 'local' || !record.launch) return resumeLocal(folder, record);
  const { resumeRemote } = await import('../targets/launch');
  return resumeRemote(folder, record, options);
}

/**
 * Continues many runs of one remote target; Slurm queues them as one array, of which `atOnce` run at a time. Throws `InputError`
 * when one of them is none.
 */
export async function resumeArray(
  folders: readonly string[],
  options: ResumeOptions & { readonly atOnce?: number },
): Promise<ArrayOutcome> {
  const absolute = folders.map((folder) => path.resolve(folder));
  const resume = async (): Promise<ArrayOutcome> => {
    const resumed = await Promise.all(absolute.map(async (folder) => ({ folder, record: await readRecord(folder) })));
    const problems = await Promise.all(resumed.map(({ folder, record }) => whyNotResumed(folder, record)));
    const problem = problems.find((each) => each !== undefined);
    if (problem !== undefined) return { ok: false, message: problem };
    const { resumeTogether } = await import('../targets/launch');
    return resumeTogether(resumed, options);
  };
  return refusable(path.dirname(absolute[0] ?? ''), () => changing(absolute, resume));
}

/**
 * A new run of the scheme as another run had it, with changes, on the same target unless `options` say otherwise. Throws
 * `InputError` when there is no run.
 */
export async function cloneRun(
  folder: string,
  overrides: Readonly<Record<string, unknown>> = {},
  options: Partial<RunOptions> = {},
): Promise<LaunchOutcome> {
  const record = await readRecord(folder);
  const { launch } = record;
  return launchRun({
    schemeFile: record.scheme.path,
    schemeText: await readFile(path.join(folder, 'scheme.json'), 'utf8'),
    overrides: { ...record.overrides, ...overrides },
    runsFolder: path.dirname(path.resolve(folder)),
    parent: record.id,
    target: record.target,
    ...(launch && { targets: [launch.target] }),
    ...(launch?.command && { command: launch.command }),
    ...(launch?.projectFolder && { projectFolder: launch.projectFolder }),
    ...options,
  });
}

async function whyNotResumed(folder: string, record: RunRecord): Promise<string | undefined> {
  if (isActive(record)) return t('The run is still going on.');
  if (record.state === 'finished')
    return t('The run is finished. To train longer, raise model.iteration and start a new run.');
  return readFrozenScheme(folder, record).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof InputError) return error.message;
      throw error;
    },
  );
}

export const unknownTarget = ({ target, targets = [] }: Pick<RunOptions, 'target' | 'targets'>) =>
  t(
    'There is no target "{0}". There are: {1}.',
    target ?? '',
    [...new Set([...builtInTargets, ...targets].map(({ name }) => name))].join(', '),
  );

export const noCommand = () =>
  t('The embedded trainer runs no command. Choose another target for it, "local" for example.');
