import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { type Device, isDevice } from '../core/runs/device';

/** Absolute path of the folder that the runs of a scheme are kept in: `matchdown.runsFolder`, relative to the scheme's folder. */
export function runsFolderOf(schemeFile: string): string {
  const setting = settingsFor(vscode.Uri.file(schemeFile)).get<string>('runsFolder', 'runs').trim() || 'runs';
  return path.resolve(path.dirname(schemeFile), withoutTilde(setting));
}

/** How the embedded trainer computes; what is absent is left to the trainer. */
export function computingFor(schemeFile: string): { threads?: number; device?: Device } {
  const settings = settingsFor(vscode.Uri.file(schemeFile));
  const threads = settings.get<number>('threads', 0);
  const device = settings.get<string>('embeddedDevice', 'auto');
  return {
    ...(Number.isInteger(threads) && threads > 0 && { threads }),
    ...(isDevice(device) && { device }),
  };
}

function settingsFor(uri: vscode.Uri): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('matchdown', uri);
}

function withoutTilde(folder: string): string {
  return folder === '~' || folder.startsWith('~/') ? path.join(homedir(), folder.slice(1)) : folder;
}
