import * as vscode from 'vscode';
import type { JsonPath } from '../../core/scheme/types';

/** Shows a scheme beside the panel, with the value at `path` selected and in the middle; an empty path shows the file. */
export async function revealInScheme(file: string, path: JsonPath): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  const range = await rangeOf(document, path);
  const editor = await vscode.window.showTextDocument(document, { viewColumn: columnFor(document) });
  if (!range) return;
  // The cursor at the beginning: a long line is not scrolled to its end.
  editor.selection = new vscode.Selection(range.end, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
}

/** Where the scheme is shown already, else beside the panel. */
function columnFor(document: vscode.TextDocument): vscode.ViewColumn {
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  return shown?.viewColumn ?? vscode.ViewColumn.Beside;
}

async function rangeOf(document: vscode.TextDocument, path: JsonPath): Promise<vscode.Range | undefined> {
  if (path.length === 0) return undefined;
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const root = parseTree(document.getText(), [], { allowTrailingComma: true });
  const node = root && findNodeAtLocation(root, [...path]);
  return node && new vscode.Range(document.positionAt(node.offset), document.positionAt(node.offset + node.length));
}
