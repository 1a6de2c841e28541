import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { isActive, schemePathOf } from '../runs/workspaceRuns';
import type { Services } from '../services';
import { requireTrust } from '../trust';
import { chooseRuns } from './arguments';

/**
 * Writes the lab note of one or several runs, or writes it anew (what a person wrote in it stays), and opens it with its
 * preview. Returns the file; undefined when the user chose no run.
 */
export async function writeNote(services: Services, ...args: unknown[]): Promise<string | undefined> {
  if (!(await requireTrust())) return undefined;
  const none = t('There is no run to write about yet.');
  const runs = await chooseRuns(services.runs, args, (candidate) => !isActive(candidate), none);
  if (runs.length === 0) return undefined;
  const output = noteFile(runs);
  const folders = runs.map((run) => run.folder);
  await mkdir(path.dirname(output), { recursive: true });
  const title = t('Writing the lab note');
  const { file } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    services.server.request('matchdown/report', { folders, output }),
  );
  await openNote(file);
  return file;
}

/** `notes/<run id>.labnote.md` beside the scheme: the same runs always have the same note. */
function noteFile(runs: readonly RunSummary[]): string {
  const [first, ...others] = runs;
  const id = path.basename(first!.folder);
  const more = others.map((run) => path.basename(run.folder).slice(-4)).join('-');
  const folder = first!.record ? path.dirname(schemePathOf(first!)) : path.resolve(first!.folder, '..');
  return path.join(folder, 'notes', `${more ? `${id}-with-${more.slice(0, 80)}` : id}.labnote.md`);
}

async function openNote(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  await vscode.window.showTextDocument(uri, { preview: false });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
}
