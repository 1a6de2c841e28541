import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { Services } from '../services';

const sample = 'shapes/model_scheme.json';

/** Opens the sample scheme of this workspace; where there is none, copies the sample into a folder that the user chooses. */
export async function openSample({ context }: Services): Promise<void> {
  const [present] = await vscode.workspace.findFiles(`**/${sample}`, '**/node_modules/**', 1);
  if (present) {
    await vscode.window.showTextDocument(present, { preview: false });
    return;
  }
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    title: t('Where should the sample be put?'),
    openLabel: t('Put Sample Here'),
  });
  const parent = chosen?.[0];
  if (parent) await openCopy(context.extensionUri, vscode.Uri.joinPath(parent, 'matchdown-sample'));
}

async function openCopy(extension: vscode.Uri, workspace: vscode.Uri): Promise<void> {
  const scheme = vscode.Uri.joinPath(workspace, sample);
  const title = t('Making the sample');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
    await copyUnlessPresent(vscode.Uri.joinPath(extension, 'examples', sample), scheme);
    await makeData(extension.fsPath, path.join(path.dirname(scheme.fsPath), 'data'));
  });
  if (vscode.workspace.getWorkspaceFolder(scheme)) {
    await vscode.window.showTextDocument(scheme, { preview: false });
    return;
  }
  const forceNewWindow = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  await vscode.commands.executeCommand('vscode.openFolder', workspace, { forceNewWindow });
}

/** What somebody changed in an earlier copy is kept. */
async function copyUnlessPresent(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const present = await vscode.workspace.fs.stat(to).then(
    () => true,
    () => false,
  );
  if (!present) await vscode.workspace.fs.copy(from, to);
}

async function makeData(extension: string, folder: string): Promise<void> {
  const program = path.join(extension, 'dist', 'make_shapes.mjs');
  await promisify(execFile)(process.execPath, [program, folder], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    windowsHide: true,
  });
}
