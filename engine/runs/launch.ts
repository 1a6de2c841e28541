import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { isActive } from '../../core/runs/states';
import { launchEmbedded, resumeEmbedded } from './embedded';
import type { LaunchOutcome, RunOptions } from './options';
import { readRecord } from './store';

export { launchEmbedded } from './embedded';
export type * from './options';

/**
 * Starts a run on any target. Resolves as soon as it is started there (for Slurm: as soon as it is queued); what becomes of it
 * stands in the run's record, which `attach` keeps for remote targets. Nothing is left behind when the scheme or the target is
 * wrong.
 */
export async function launchRun(options: RunOptions): Promise<LaunchOutcome> {
  return launchEmbedded(options);
}

/**
 * Continues a run that was stopped, failed or was killed, in the same folder: our trainers go on from their last checkpoint, a
 * command is started again and finds what it left. Throws `InputError` when there is no run.
 */
export async function resumeRun(folder: string, options: ResumeOptions = {}): Promise<LaunchOutcome> {
  const record = await readRecord(folder);
  const problem = whyNotResumed(record);
  if (problem !== undefined) return { ok: false, message: problem };
  return resumeEmbedded(folder, record, options.threads);
}

export type ResumeOptions = Pick<RunOptions, 'threads' | 'interactive' | 'onProgress' | 'signal'>;

function whyNotResumed(record: RunRecord): string | undefined {
  if (isActive(record)) return t('The run is still going on.');
  if (record.state === 'finished')
    return t('The run is finished. To train longer, raise model.iteration and start a new run.');
  return undefined;
}
