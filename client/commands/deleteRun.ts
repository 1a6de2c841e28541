import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { errorMessage } from '../../engine/errors';
import { runLabel } from '../runs/presentation';
import { isActive } from '../runs/workspaceRuns';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { chooseRuns } from './arguments';

/** Moves the folders of runs to the trash, after asking; a run that goes on has to be stopped first. */
export async function deleteRun(services: Services, ...args: unknown[]): Promise<void> {
  if (!(await requireTrust())) return;
  const chosen = await chooseRuns(
    services.runs,
    isOfSelection(args[0]) ? services.runsView.selection : args,
    (run) => !isActive(run),
    t('There is no run that could be deleted.'),
  );
  const [active] = chosen.filter(isActive);
  if (active) {
    void vscode.window.showWarningMessage(stillGoingOn(active));
    return;
  }
  if (chosen.length === 0 || !(await confirmed(chosen))) return;
  for (const run of chosen) if (!(await remove(run))) break;
  await services.runs.refresh();
}

/** A key is not told which rows are selected. */
function isOfSelection(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'selection' in argument;
}

async function confirmed(runs: readonly RunSummary[]): Promise<boolean> {
  const [first] = runs;
  const question =
    runs.length === 1 ? t('Delete run {0}?', runLabel(first!)) : t('Delete these {0} runs?', runs.length);
  const remote = runs.some(({ record }) => record?.remote);
  const detail = [
    t('Its logs, checkpoints and model are moved to the trash.'),
    ...(remote ? [t('What is on the remote target stays there.')] : []),
    ...runs.slice(0, 10).map(({ folder }) => vscode.workspace.asRelativePath(folder)),
  ].join('\n');
  const answer = t('Move to Trash');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, answer)) === answer;
}

/** True when it is gone. Nobody resumes a run meanwhile, and one that was resumed while the question stood there is kept. */
async function remove({ folder }: RunSummary): Promise<boolean> {
  const uri = vscode.Uri.file(folder);
  if (!(await exists(uri))) return true;
  const { changing, readRun } = await import('../later/runs');
  try {
    const outcome = await changing([folder], async () => {
      const now = await readRun(folder);
      return isActive(now) ? { ok: false as const, message: stillGoingOn(now) } : moveToTrash(uri);
    });
    if (typeof outcome === 'boolean') return outcome;
    void vscode.window.showWarningMessage(outcome.message);
  } catch (error) {
    const place = vscode.workspace.asRelativePath(folder);
    void vscode.window.showErrorMessage(t('{0} cannot be removed: {1}', place, errorMessage(error)));
  }
  return false;
}

/** Where there is no trash, it asks again. */
async function moveToTrash(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true });
    return true;
  } catch {
    const answer = t('Delete Permanently');
    const question = t(
      '{0} cannot be moved to the trash. Delete it permanently?',
      vscode.workspace.asRelativePath(uri),
    );
    if ((await vscode.window.showWarningMessage(question, { modal: true }, answer)) !== answer) return false;
    await vscode.workspace.fs.delete(uri, { recursive: true });
    return true;
  }
}

function exists(uri: vscode.Uri): PromiseLike<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

const stillGoingOn = (run: RunSummary): string => t('Run {0} is still going on. Stop it first.', runLabel(run));
