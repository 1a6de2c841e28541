import * as vscode from 'vscode';
import { t } from '../core/l10n';
import type { LanguageServer } from './languageServer';

/** Virtual documents with a scheme's model table: `matchdown-model:<path without .json>.md?<the scheme's own address>`. */
const tableScheme = 'matchdown-model';
const settleTime = 300;

export function modelTableOf(scheme: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({
    scheme: tableScheme,
    path: scheme.path.replace(/(\.jsonc?)?$/, '.md'),
    query: scheme.toString(),
  });
}

/** Provides the model tables, and makes them anew while their schemes are edited. */
export function provideModelTables(server: LanguageServer): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  let settling: NodeJS.Timeout | undefined;
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: (table) => modelTable(server, vscode.Uri.parse(table.query, true)),
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(tableScheme, provider),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (!isShown(document.uri)) return;
      clearTimeout(settling);
      settling = setTimeout(() => changed.fire(modelTableOf(document.uri)), settleTime);
    }),
    { dispose: () => clearTimeout(settling) },
  );
}

async function modelTable(server: LanguageServer, scheme: vscode.Uri): Promise<string> {
  await vscode.workspace.openTextDocument(scheme);
  const { markdown } = await server.request('matchdown/describe', { uri: scheme.toString() });
  return markdown ?? t('The network cannot be built while the scheme has errors; the Problems panel lists them.');
}

function isShown(scheme: vscode.Uri): boolean {
  const table = modelTableOf(scheme).toString();
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === table);
}
