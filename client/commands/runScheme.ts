import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { Diagnostic } from '../../core/scheme/diagnostics';
import { runLabel } from '../runs/presentation';
import { chooseScheme } from '../schemes';
import type { Services } from '../services';
import { runsFolderOf, threadsFor } from '../settings';
import { requireTrust } from '../trust';
import { fileFromArgument } from './arguments';

/** Starts a run of the scheme and returns it; asks nothing unless there are several schemes and none is active. */
export async function runScheme(
  services: Services,
  argument?: unknown,
): Promise<{ id: string; folder: string } | undefined> {
  if (!(await requireTrust())) return undefined;
  const scheme = await savedScheme(fileFromArgument(argument) ?? (await chooseScheme()));
  if (!scheme) return undefined;
  const launched = await launch(scheme.fsPath);
  if (!launched.ok) return void showProblem(scheme, launched.message, launched.diagnostics ?? []);
  await services.runs.add(path.dirname(launched.folder));
  void tellStarted(services, launched.folder);
  return { id: launched.id, folder: launched.folder };
}

/** The scheme, saved if it is being edited; only a file on this machine's disk can be run. */
async function savedScheme(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (!uri) return undefined;
  if (uri.scheme === 'untitled') return vscode.workspace.save(uri);
  const edited = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (edited?.isDirty && !(await edited.save())) return undefined;
  if (uri.scheme === 'file') return uri;
  void vscode.window.showErrorMessage(t('Only a scheme that is saved as a file on this machine can be run.'));
  return undefined;
}

async function launch(schemeFile: string) {
  const { launchEmbedded } = await import('../later/runs');
  const title = t('Starting a run of {0}', path.basename(schemeFile));
  const options = { schemeFile, runsFolder: runsFolderOf(schemeFile), threads: threadsFor(schemeFile) };
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    launchEmbedded(options),
  );
}

async function tellStarted(services: Services, folder: string): Promise<void> {
  const run = services.runs.find(folder);
  const name = run ? runLabel(run) : path.basename(folder);
  const [open, stop] = [t('Open Experiments'), t('Stop Run')];
  const answer = await vscode.window.showInformationMessage(t('Run {0} is training.', name), open, stop);
  if (answer === open) await vscode.commands.executeCommand('matchdown.openExperiments');
  if (answer === stop) await vscode.commands.executeCommand('matchdown.stopRun', folder);
}

/** Why nothing was started; leads to the first error's place in the scheme. */
async function showProblem(scheme: vscode.Uri, message: string, diagnostics: readonly Diagnostic[]): Promise<void> {
  const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  const show = t('Show Problem');
  const answer = await vscode.window.showErrorMessage(message, ...(first ? [show] : []));
  if (!first || answer !== show) return;
  const document = await vscode.workspace.openTextDocument(scheme);
  const [start, end] = [first.span.start, first.span.end].map((offset) => document.positionAt(offset));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(start!, end!) });
  await vscode.commands.executeCommand('editor.action.marker.next');
}
