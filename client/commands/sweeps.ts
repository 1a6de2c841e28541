import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { bestScheme } from '../../engine/sweep/paths';
import type { Sweep } from '../../engine/sweep/store';
import { sweepDescription, sweepLabel } from '../runs/presentation';
import { isSweeping } from '../runs/workspaceRuns';
import { schemeLanguage } from '../schemes';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { fileFromArgument } from './arguments';
import { whileItGoesOn } from './launching';

/** Stops a sweep: its trainings are paused, each with a last checkpoint. */
export async function stopSweep(services: Services, argument?: unknown): Promise<void> {
  if (!(await requireTrust())) return;
  const mayStop = (sweep: Sweep) => isSweeping(sweep) || sweep.record.state === 'interrupted';
  const sweep = await chooseSweep(services, argument, mayStop, t('No sweep is going on.'));
  if (!sweep) return;
  const { stopSweep: stop } = await import('../later/runs');
  const title = t('Stopping {0}', sweepLabel(sweep.record));
  const left = t('{0} has been asked to stop; it stops in the background.', sweepLabel(sweep.record));
  const outcome = await whileItGoesOn(title, stop(sweep.folder), left);
  await services.runs.refresh();
  if (!outcome.ok) void vscode.window.showErrorMessage(outcome.message);
}

/** Goes on with a sweep that was stopped or interrupted, or that failed. */
export async function resumeSweep(services: Services, argument?: unknown): Promise<void> {
  if (!(await requireTrust())) return;
  const mayResume = ({ record }: Sweep) => ['stopped', 'interrupted', 'failed'].includes(record.state);
  const sweep = await chooseSweep(services, argument, mayResume, t('There is no sweep that could be resumed.'));
  if (!sweep) return;
  const { resumeSweep: resume } = await import('../later/runs');
  const outcome = await resume(sweep.folder);
  await services.runs.refresh();
  if (!outcome.ok) void vscode.window.showErrorMessage(outcome.message);
}

/** Shows what the best trial of a sweep changes in the scheme, which can be edited beside it. */
export async function openBestScheme(services: Services, argument?: unknown): Promise<void> {
  if (!(await requireTrust())) return;
  const hasBest = ({ record }: Sweep) => record.best !== undefined;
  const none = t('There is no sweep with a best trial yet.');
  const sweep = await chooseSweep(services, argument, hasBest, none);
  if (!sweep) return;
  const best = vscode.Uri.file(bestScheme(sweep.folder));
  if (!(await exists(best.fsPath))) {
    void vscode.window.showInformationMessage(none);
    return;
  }
  const document = await vscode.workspace.openTextDocument(best);
  await vscode.languages.setTextDocumentLanguage(document, schemeLanguage);
  const title = t('Best of {0} ↔ scheme as it is', sweepLabel(sweep.record));
  await vscode.commands.executeCommand('vscode.diff', best, vscode.Uri.file(sweep.record.scheme.path), title);
}

/** The named sweep, the only one that qualifies, or the one that the user picks. */
async function chooseSweep(
  { runs }: Services,
  argument: unknown,
  qualifies: (sweep: Sweep) => boolean,
  none: string,
): Promise<Sweep | undefined> {
  await runs.ready();
  const named = sweepFromArgument(runs, argument);
  if (named) return named;
  const candidates = runs.sweeps.filter(qualifies);
  if (candidates.length === 0) void vscode.window.showInformationMessage(none);
  if (candidates.length <= 1) return candidates[0];
  const items = candidates.map((sweep) => ({
    label: sweepLabel(sweep.record),
    description: sweepDescription(sweep.record),
    detail: vscode.workspace.asRelativePath(sweep.record.scheme.path),
    sweep,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: t('Which sweep?') }))?.sweep;
}

/** A row of the Runs view, or a sweep's folder. */
function sweepFromArgument(runs: Services['runs'], argument: unknown): Sweep | undefined {
  const folder = fileFromArgument(argument)?.fsPath;
  if (folder !== undefined) return runs.findSweep(folder);
  if (typeof argument !== 'object' || argument === null || !('sweep' in argument)) return undefined;
  const { sweep } = argument as { sweep?: Partial<Sweep> };
  return typeof sweep?.folder === 'string' ? runs.findSweep(sweep.folder) : undefined;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
