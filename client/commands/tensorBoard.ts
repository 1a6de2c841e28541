import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { chooseRuns } from './arguments';
import { withCancel } from './launching';

/** Opens TensorBoard on runs, where it is installed; otherwise says how to get it. */
export async function openTensorBoard(services: Services, ...args: unknown[]): Promise<void> {
  if (!(await requireTrust())) return;
  const runs = await chooseRuns(services.runs, args, () => true, t('There is no run in this workspace yet.'));
  if (runs.length === 0) return;
  const folders = runs.map(({ folder }) => folder);
  const logs = folders.length === 1 ? folders[0]! : commonFolder(folders);
  const found = await withCancel(t('Looking for TensorBoard'), ({ signal }) => find(services, signal));
  if (found === 'cancelled') return;
  if (!found) return tellHow();
  const [shellPath, ...options] = found;
  // Without a shell: a folder's name is an argument, whatever is in it. With port 0 it takes one that is free.
  const shellArgs = [...options, '--logdir', logs, '--port', '0'];
  const iconPath = new vscode.ThemeIcon('graph');
  vscode.window.createTerminal({ name: t('TensorBoard'), shellPath, shellArgs, iconPath }).show();
}

/** The command that answers. */
async function find(services: Services, signal: AbortSignal): Promise<readonly [string, ...string[]] | undefined> {
  for (const [program, ...options] of await candidates(services)) {
    if (await answers(program, options, signal)) return [program, ...options];
    signal.throwIfAborted();
  }
  return undefined;
}

/** TensorBoard itself, then the Pythons of this machine's targets. */
async function candidates({ targets }: Services): Promise<(readonly [string, ...string[]])[]> {
  const read = await targets.read();
  const pythons = read.targets.flatMap((target) => (target.kind === 'local' ? [target.python ?? 'python3'] : []));
  return [
    ['tensorboard'],
    ...[...new Set([...pythons, 'python3', 'python'])].map((python) => [python, '-m', 'tensorboard.main'] as const),
  ];
}

async function answers(program: string, options: readonly string[], signal: AbortSignal): Promise<boolean> {
  try {
    await promisify(execFile)(program, [...options, '--version'], { timeout: 30_000, windowsHide: true, signal });
    return true;
  } catch {
    return false;
  }
}

async function tellHow(): Promise<void> {
  const copy = t('Copy Command');
  const message = t(
    'TensorBoard is not installed here. "pip install tensorboard" installs it; Experiments shows the same curves without it.',
  );
  const open = t('Open Experiments');
  const answer = await vscode.window.showInformationMessage(message, copy, open);
  if (answer === copy) await vscode.env.clipboard.writeText('pip install tensorboard');
  if (answer === open) await vscode.commands.executeCommand('matchdown.openExperiments');
}

/** The deepest folder that all of them are in. */
function commonFolder(folders: readonly string[]): string {
  const parts = folders.map((folder) => path.dirname(folder).split(path.sep));
  const [first, ...others] = parts;
  const differs = first!.findIndex((part, index) => others.some((other) => other[index] !== part));
  return (differs < 0 ? first! : first!.slice(0, differs)).join(path.sep) || path.sep;
}
