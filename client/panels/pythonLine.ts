import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { SourceLine } from '../../core/protocol/onnx';

const mostCandidates = 100;

/**
 * Shows a line of the Python program that a model was exported from. The path is the one of the machine that exported it, so
 * that the workspace's file with the longest common end is taken; nothing outside of the workspace is opened.
 */
export async function openPythonLine({ file, line }: SourceLine): Promise<void> {
  const uri = await findInWorkspace(file);
  if (!uri) throw new Error(t('{0} is not in this workspace.', file));
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const row = document.lineAt(Math.max(0, Math.min(line, document.lineCount) - 1));
  const start = row.range.start.translate(0, row.firstNonWhitespaceCharacterIndex);
  await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
    selection: new vscode.Range(start, start),
  });
}

async function findInWorkspace(file: string): Promise<vscode.Uri | undefined> {
  const exact = vscode.Uri.file(file);
  const isInside = path.isAbsolute(file) && vscode.workspace.getWorkspaceFolder(exact) !== undefined;
  if (isInside && (await exists(exact))) return exact;
  const parts = file.split(/[\\/]/);
  const name = parts.at(-1) ?? '';
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const found = await vscode.workspace.findFiles(`**/${name}`, '**/node_modules/**', mostCandidates);
  const common = (uri: vscode.Uri) => commonEnd(uri.path.split('/'), parts);
  return found.sort((a, b) => common(b) - common(a))[0];
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length++;
  return length;
}

function exists(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}
