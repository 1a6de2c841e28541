import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

/** Absolute path of the folder that the runs of a scheme are kept in: `matchdown.runsFolder`, relative to the scheme's folder. */
export function runsFolderOf(schemeFile: string): string {
  const setting = settingsFor(vscode.Uri.file(schemeFile)).get<string>('runsFolder', 'runs').trim() || 'runs';
  return path.resolve(path.dirname(schemeFile), withoutTilde(setting));
}

/** Threads of the embedded trainer; undefined leaves it to the trainer. */
export function threadsFor(schemeFile: string): number | undefined {
  const threads = settingsFor(vscode.Uri.file(schemeFile)).get<number>('threads', 0);
  return Number.isInteger(threads) && threads > 0 ? threads : undefined;
}

function settingsFor(uri: vscode.Uri): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('matchdown', uri);
}

function withoutTilde(folder: string): string {
  return folder === '~' || folder.startsWith('~/') ? path.join(homedir(), folder.slice(1)) : folder;
}
