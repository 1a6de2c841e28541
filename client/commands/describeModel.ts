import * as vscode from 'vscode';
import { modelTableOf } from '../modelTable';
import { chooseScheme } from '../schemes';
import type { Services } from '../services';
import { fileFromArgument } from './arguments';

/** Shows the model table of a scheme as a preview beside it; it follows the scheme while it is edited. */
export async function describeModel(_services: Services, argument?: unknown): Promise<void> {
  const scheme = fileFromArgument(argument) ?? (await chooseScheme());
  if (!scheme) return;
  await vscode.workspace.openTextDocument(scheme);
  await vscode.commands.executeCommand('markdown.showPreviewToSide', modelTableOf(scheme));
}
