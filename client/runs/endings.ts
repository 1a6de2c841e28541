import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import type { Sweep } from '../../engine/sweep/store';
import { duration, figure, mainMetric, runLabel, secondsTaken, shortKey, sweepLabel } from './presentation';
import { TellOnce } from './tellOnce';
import { isActive, isSweeping, type WorkspaceRuns } from './workspaceRuns';

const memory = 'matchdown.activeRuns';
/** Milliseconds that a window in the background leaves to the one that somebody looks at. */
const courtesy = 2000;

/**
 * Says that a run or a sweep has ended, with what to do next; of a sweep's trials nothing is said one by one. What was active is
 * remembered with the workspace, so that what ended while the window was closed is told when it opens again. Of several windows
 * that see the same run one tells, the one that has the focus first.
 */
export function tellEndings(runs: WorkspaceRuns, context: vscode.ExtensionContext): vscode.Disposable {
  const state = context.workspaceState;
  const once = new TellOnce(path.join(context.globalStorageUri.fsPath, 'told'));
  let active = new Set(state.get<string[]>(memory, []));
  return runs.onDidChange(() => {
    const before = [...active];
    const ended = before
      .flatMap((folder) => runs.find(folder) ?? [])
      .filter((run) => !isActive(run) && !run.record?.sweep);
    const sweeps = before.flatMap((folder) => runs.findSweep(folder) ?? []).filter((sweep) => !isSweeping(sweep));
    const now = [...runs.active, ...runs.sweeps.filter(isSweeping)].map(({ folder }) => folder);
    if (now.join() !== before.join()) void state.update(memory, now);
    active = new Set(now);
    for (const run of ended) void tell(once, run.folder, String(run.record?.history.length), () => tellEnding(run));
    for (const sweep of sweeps) void tell(once, sweep.folder, String(sweep.record.ended), () => tellSweepEnding(sweep));
  });
}

/** @param ending tells this end from an earlier one of the same run, which was resumed since */
async function tell(once: TellOnce, folder: string, ending: string, say: () => Promise<void>): Promise<void> {
  if (!vscode.window.state.focused) await sleep(courtesy);
  if (await once.mayTell(`${folder}\n${ending}`)) await say();
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

async function tellSweepEnding(sweep: Sweep): Promise<void> {
  const { record } = sweep;
  if (record.state === 'stopped') {
    vscode.window.setStatusBarMessage(t('$(debug-stop) {0} is stopped.', sweepLabel(record)), 5000);
    return;
  }
  const [best, compare, resume] = [t('Show Best Scheme'), t('Compare Curves'), t('Resume Sweep')];
  const actions = [
    ...(record.best === undefined ? [] : [best, compare]),
    ...(record.state === 'finished' ? [] : [resume]),
  ];
  const show = record.state === 'finished' ? vscode.window.showInformationMessage : vscode.window.showErrorMessage;
  const answer = await show(sweepEndText(sweep), ...actions);
  const argument = { kind: 'sweep', sweep };
  if (answer === best) await vscode.commands.executeCommand('matchdown.openBestScheme', argument);
  if (answer === compare) await vscode.commands.executeCommand('matchdown.compareRuns', argument);
  if (answer === resume) await vscode.commands.executeCommand('matchdown.resumeSweep', argument);
}

function sweepEndText({ record }: Sweep): string {
  const label = sweepLabel(record);
  if (record.state === 'failed') return t('{0} failed: {1}', label, record.error ?? '');
  if (record.state === 'interrupted') return t('{0} was interrupted: its process is gone. It can be resumed.', label);
  const best = record.trials.find(({ number }) => number === record.best);
  if (best?.objective === undefined) return t('{0} is finished, and none of its trials has a result.', label);
  const values = Object.entries(best.values).map(([key, value]) => `${shortKey(key)} ${JSON.stringify(value)}`);
  const { tag } = record.definition.objective;
  return t('{0} is finished: {1} {2} with {3}.', label, tag, figure(best.objective), values.join(', '));
}
