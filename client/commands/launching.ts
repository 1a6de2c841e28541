import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { Diagnostic } from '../../core/scheme/diagnostics';
import type { LaunchOutcome, LaunchProgress } from '../../engine/runs/options';
import { runLabel } from '../runs/presentation';
import type { Services } from '../services';

/** What a launch is told: how far it is, and that the user gave it up. */
export interface Launching {
  readonly onProgress: (progress: LaunchProgress) => void;
  readonly signal: AbortSignal;
}

export type Started = { readonly id: string; readonly folder: string };

/**
 * Starts a run under a notification that can be cancelled, tells that it trains, or why it does not. Undefined: nothing was
 * started.
 */
export async function launchRun(
  services: Services,
  title: string,
  scheme: vscode.Uri | undefined,
  start: (launching: Launching) => Promise<LaunchOutcome>,
): Promise<Started | undefined> {
  let isGivenUp = false;
  const outcome = await withCancel(title, (launching) => {
    launching.signal.addEventListener('abort', () => {
      isGivenUp = true;
    });
    return start(launching);
  });
  if (outcome === 'cancelled') return undefined;
  if (!outcome.ok) {
    // Who has just given it up needs no error.
    if (isGivenUp) vscode.window.setStatusBarMessage(outcome.message, leftShownFor);
    else void showLaunchProblem(scheme, outcome.message, outcome.diagnostics ?? []);
    return undefined;
  }
  await services.runs.add(vscode.Uri.joinPath(vscode.Uri.file(outcome.folder), '..').fsPath);
  void tellStarted(services, outcome.folder);
  return { id: outcome.id, folder: outcome.folder };
}

/** Runs something under a notification with a Cancel button; the token is cancelled together with the signal. */
export async function withCancel<Result>(
  title: string,
  start: (launching: Launching, token: vscode.CancellationToken) => Promise<Result>,
): Promise<Result | 'cancelled'> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const cancelling = new AbortController();
    const subscription = token.onCancellationRequested(() => cancelling.abort());
    let share = 0;
    try {
      const onProgress = ({ message, done, total }: LaunchProgress) => {
        const now = done !== undefined && total ? (100 * done) / total : share;
        progress.report({ message, increment: now - share });
        share = now;
      };
      return await start({ signal: cancelling.signal, onProgress }, token);
    } catch (error) {
      if (cancelling.signal.aborted) return 'cancelled';
      throw error;
    } finally {
      subscription.dispose();
    }
  });
}

/**
 * Shows a notification while something goes on that cannot be taken back. Its Cancel button ends the waiting alone, and `left`
 * tells what goes on; the outcome is the same.
 */
export async function whileItGoesOn<Result>(title: string, work: Promise<Result>, left: string): Promise<Result> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const settled = work.then(
    () => 'settled',
    () => 'settled',
  );
  const end = await vscode.window.withProgress(options, (_progress, token) => {
    const cancelled = new Promise<string>((resolve) => token.onCancellationRequested(() => resolve('cancelled')));
    return Promise.race([settled, cancelled]);
  });
  if (end === 'cancelled') vscode.window.setStatusBarMessage(left, leftShownFor);
  return work;
}

/** Milliseconds. */
const leftShownFor = 8000;

async function tellStarted({ runs }: Services, folder: string): Promise<void> {
  const run = runs.find(folder);
  const name = run ? runLabel(run) : vscode.Uri.file(folder).path.split('/').at(-1)!;
  const [open, log, stop] = [t('Open Experiments'), t('Show Log'), t('Stop Run')];
  const message =
    run?.record?.state === 'queued'
      ? t('Run {0} is queued on {1}.', name, run.record.target)
      : t('Run {0} is training.', name);
  const answer = await vscode.window.showInformationMessage(message, open, log, stop);
  if (answer === open) await vscode.commands.executeCommand('matchdown.openExperiments');
  if (answer === log) await vscode.commands.executeCommand('matchdown.revealLog', folder);
  if (answer === stop) await vscode.commands.executeCommand('matchdown.stopRun', folder);
}

/** Why nothing was started; leads to the first error's place in the scheme. */
export async function showLaunchProblem(
  scheme: vscode.Uri | undefined,
  message: string,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  const show = t('Show Problem');
  const answer = await vscode.window.showErrorMessage(message, ...(first && scheme ? [show] : []));
  if (!first || !scheme || answer !== show) return;
  const document = await vscode.workspace.openTextDocument(scheme);
  const [start, end] = [first.span.start, first.span.end].map((offset) => document.positionAt(offset));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(start!, end!) });
  await vscode.commands.executeCommand('editor.action.marker.next');
}
