import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { runLabel } from '../runs/presentation';
import { isActive } from '../runs/workspaceRuns';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { chooseRuns } from './arguments';
import { whileItGoesOn } from './launching';

/** Asks the run's process to stop after a last checkpoint, and says when it could not be asked. */
export async function stopRun(services: Services, ...args: unknown[]): Promise<void> {
  if (!(await requireTrust())) return;
  const runs = await chooseRuns(services.runs, args, isActive, t('Nothing is training.'));
  await Promise.all(runs.map((run) => stopOne(services, run)));
}

async function stopOne(services: Services, run: RunSummary): Promise<void> {
  const { stopRun: stop } = await import('../later/runs');
  const title = t('Stopping run {0}', runLabel(run));
  const left = t('Run {0} has been asked to stop; it stops in the background.', runLabel(run));
  const outcome = await whileItGoesOn(title, stop(run.folder), left);
  await services.runs.refresh();
  if (!outcome.ok) void vscode.window.showErrorMessage(outcome.message);
  else if (outcome.killed)
    void vscode.window.showWarningMessage(
      t('Run {0} did not stop by itself and was ended; what came after its last checkpoint is lost.', runLabel(run)),
    );
}
