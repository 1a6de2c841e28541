import * as vscode from 'vscode';
import { t } from '../core/l10n';

export const schemeLanguage = 'model-scheme';

const schemeFiles = '**/{model_scheme*.json,*.model_scheme.json,*.scheme.json}';
const ourSchema = /"\$schema"\s*:\s*"[^"]*model_scheme\.schema\.json[^"]*"/;
/** `$schema` is looked for at the beginning of a JSON file only: these files may be of any size. */
const linesToLookAt = 20;
const columnsToLookAt = 500;

export function isScheme(document: vscode.TextDocument): boolean {
  return document.languageId === schemeLanguage;
}

/** The scheme in the active editor, or else one that is visible beside it. */
export function activeScheme(): vscode.Uri | undefined {
  const active = vscode.window.activeTextEditor;
  const editors = active ? [active, ...vscode.window.visibleTextEditors] : vscode.window.visibleTextEditors;
  return editors.find((editor) => isScheme(editor.document))?.document.uri;
}

/** The workspace's scheme files, in the order of their paths; at most 200. */
export async function findSchemes(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(schemeFiles, '**/node_modules/**', 200);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The active scheme, the only one of the workspace, or the one that the user picks. */
export async function chooseScheme(): Promise<vscode.Uri | undefined> {
  const active = activeScheme();
  if (active) return active;
  const schemes = await findSchemes();
  if (schemes.length <= 1) return schemes[0] ?? tellThatThereIsNone();
  const items = schemes.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { placeHolder: t('Which scheme?') }))?.uri;
}

/** JSON files whose `$schema` names ours become schemes: when they are opened, and when that line is typed. */
export function adoptJsonSchemes(): vscode.Disposable {
  for (const document of vscode.workspace.textDocuments) void adopt(document);
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(adopt),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.some((change) => change.range.start.line < linesToLookAt)) void adopt(document);
    }),
  );
}

/** Watches the workspace for scheme files that come and go. */
export function watchSchemeFiles(changed: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(schemeFiles, false, true, false);
  watcher.onDidCreate(changed);
  watcher.onDidDelete(changed);
  return watcher;
}

async function adopt(document: vscode.TextDocument): Promise<void> {
  if (document.languageId !== 'json' && document.languageId !== 'jsonc') return;
  if (ourSchema.test(beginningOf(document))) await vscode.languages.setTextDocumentLanguage(document, schemeLanguage);
}

function beginningOf(document: vscode.TextDocument): string {
  const lines = Math.min(document.lineCount, linesToLookAt);
  return Array.from({ length: lines }, (_, line) => document.lineAt(line).text.slice(0, columnsToLookAt)).join('\n');
}

function tellThatThereIsNone(): undefined {
  const message = t('There is no scheme in this workspace. A scheme is a file named model_scheme.json.');
  void vscode.window.showInformationMessage(message);
}
