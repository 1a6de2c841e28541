import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { chooseRun } from './arguments';

/** Shows the run's folder in the explorer; outside the workspace, in the system's file manager. */
export async function openRunFolder(services: Services, argument?: unknown): Promise<void> {
  const run = await anyRun(services, argument);
  if (!run) return;
  const uri = vscode.Uri.file(path.join(run.folder, run.record ? 'run.json' : ''));
  const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
}

/** Shows what the training process wrote, and writes, in a terminal. */
export async function revealLog(services: Services, argument?: unknown): Promise<void> {
  const run = await anyRun(services, argument);
  if (!run) return;
  services.logs.show(run);
}

export async function copyRunId(services: Services, argument?: unknown): Promise<void> {
  const run = await anyRun(services, argument);
  if (!run) return;
  const id = run.record?.id ?? run.name;
  await vscode.env.clipboard.writeText(id);
  vscode.window.setStatusBarMessage(t('Copied {0}', id), 3000);
}

export function refreshRuns(services: Services): Promise<void> {
  return services.runs.refresh();
}

async function anyRun(services: Services, argument: unknown): Promise<RunSummary | undefined> {
  if (!(await requireTrust())) return undefined;
  return chooseRun(services.runs, argument, () => true, t('There is no run in this workspace yet.'));
}
