import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { duration, figure, mainMetric, runLabel, secondsTaken } from './presentation';
import { isActive, type WorkspaceRuns } from './workspaceRuns';

const memory = 'matchdown.activeRuns';

/**
 * Says that a run has ended, with what to do next. The runs that were active are remembered with the workspace, so that a
 * run that ended while the window was closed is told when it opens again.
 */
export function tellEndings(runs: WorkspaceRuns, state: vscode.Memento): vscode.Disposable {
  let active = new Set(state.get<string[]>(memory, []));
  return runs.onDidChange(() => {
    const ended = [...active].map((folder) => runs.find(folder)).filter((run) => run !== undefined && !isActive(run));
    const now = runs.active.map((run) => run.folder);
    if (now.join() !== [...active].join()) void state.update(memory, now);
    active = new Set(now);
    for (const run of ended) if (run) void tellEnding(run);
  });
}

async function tellEnding(run: RunSummary): Promise<void> {
  switch (run.record?.state) {
    case 'finished':
      return tellFinished(run);
    case 'failed':
    case 'lost':
      return tellFailed(run);
    case 'stopped':
      vscode.window.setStatusBarMessage(t('$(debug-stop) Run {0} is stopped.', runLabel(run)), 5000);
  }
}

async function tellFinished(run: RunSummary): Promise<void> {
  const [compare, note, open] = [t('Compare with Scheme'), t('Write Lab Note'), t('Open Experiments')];
  const answer = await vscode.window.showInformationMessage(finishedText(run), compare, note, open);
  if (answer === compare) await vscode.commands.executeCommand('matchdown.openMatch', { kind: 'run', run });
  if (answer === note) await vscode.commands.executeCommand('matchdown.writeNote', { kind: 'run', run });
  if (answer === open) await vscode.commands.executeCommand('matchdown.openExperiments');
}

async function tellFailed(run: RunSummary): Promise<void> {
  const log = t('Show Log');
  const reason = run.record?.error ?? run.record?.history.at(-1)?.reason;
  const message =
    run.record?.state === 'lost'
      ? t('Run {0} is lost: nobody can say any more whether it goes on.', runLabel(run))
      : reason
        ? t('Run {0} failed: {1}', runLabel(run), reason)
        : t('Run {0} failed; its log says why.', runLabel(run));
  const answer = await vscode.window.showErrorMessage(message, log);
  if (answer === log) await vscode.commands.executeCommand('matchdown.revealLog', { kind: 'run', run });
}

function finishedText(run: RunSummary): string {
  const metric = run.record && mainMetric(run.record);
  const taken = run.record && secondsTaken(run.record);
  if (!metric || taken === undefined) return t('Run {0} is finished.', runLabel(run));
  return t('Run {0} is finished: {1} {2} after {3}.', runLabel(run), metric.tag, figure(metric.value), duration(taken));
}
