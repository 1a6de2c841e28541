import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { MatchDown } from '../../client/main';

/** The activated extension. */
export async function matchDown(): Promise<MatchDown> {
  const extension = vscode.extensions.getExtension<MatchDown>('matchdown.matchdown');
  assert.ok(extension, 'the extension is not installed');
  return extension.activate();
}

/** The copy of the sample workspace that is open; tests may write into it. */
export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return folder.uri.fsPath;
}

/** Writes files into a new folder of the workspace; its path. */
export function writeFolder(name: string, files: Readonly<Record<string, string>>): string {
  const folder = path.join(workspaceFolder(), name);
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(folder, file), content);
  return folder;
}

export async function show(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

/** Asks again until there is an answer; fails in the end, saying what never came. */
export async function eventually<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${what} within two minutes`);
}

/** The code of a diagnostic: `scheme/shape-mismatch`. */
export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Position of the first character after `text`, or of its beginning. */
export function positionOf(
  document: vscode.TextDocument,
  text: string,
  where: 'start' | 'end' = 'start',
): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `${text} does not occur`);
  return document.positionAt(where === 'start' ? offset : offset + text.length);
}
