import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { runLabel } from '../runs/presentation';
import { schemePathOf } from '../runs/workspaceRuns';
import type { Services } from '../services';
import { computingFor } from '../settings';
import { requireTrust } from '../trust';
import { chooseRun } from './arguments';
import { launchRun, type Started } from './launching';

/** Goes on with a run that was stopped, failed or was lost, in its own folder. */
export async function resumeRun(services: Services, argument?: unknown): Promise<Started | undefined> {
  if (!(await requireTrust())) return undefined;
  const run = await chooseRun(services.runs, argument, canResume, t('There is no run that could be resumed.'));
  if (!run) return undefined;
  const { resumeRun: resume } = await import('../later/runs');
  return launchRun(services, t('Resuming run {0}', runLabel(run)), undefined, (launching) =>
    resume(run.folder, { ...launching, ...computingFor(schemePathOf(run)) }),
  );
}

const canResume = ({ record }: RunSummary): boolean =>
  record !== undefined && ['stopped', 'failed', 'lost'].includes(record.state);
