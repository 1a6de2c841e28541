import * as vscode from 'vscode';
import { t } from '../core/l10n';

/** True in a trusted workspace; otherwise says why nothing is run, and leads to where trust is granted. */
export async function requireTrust(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = t('Manage Workspace Trust');
  const answer = await vscode.window.showWarningMessage(
    t('This folder is not trusted: schemes are checked while they are typed, but nothing is run, compared or written.'),
    manage,
  );
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return vscode.workspace.isTrusted;
}
