import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { chooseScheme } from '../schemes';
import type { Services } from '../services';
import { computingFor, runsFolderOf } from '../settings';
import { chooseTarget } from '../targets/chooseTarget';
import { confirmLaunch } from '../targets/launchPreview';
import { requireTrust } from '../trust';
import { fileFromArgument } from './arguments';
import { launchRun, type Started } from './launching';
import { targetFromArgument } from './targets';

/** Starts a run of the scheme here and returns it; asks nothing unless there are several schemes and none is active. */
export async function runScheme(services: Services, argument?: unknown): Promise<Started | undefined> {
  return (await requireTrust()) ? run(services, argument, async () => 'embedded') : undefined;
}

/** The same on a target that the user picks, or that is named. */
export async function runSchemeOn(
  services: Services,
  argument?: unknown,
  target?: unknown,
): Promise<Started | undefined> {
  if (!(await requireTrust())) return undefined;
  const named = typeof target === 'string' ? target : targetFromArgument(argument)?.name;
  return run(services, argument, async () => named ?? chooseTarget(services.targets));
}

async function run(
  services: Services,
  argument: unknown,
  askTarget: () => Promise<string | undefined>,
): Promise<Started | undefined> {
  const scheme = await savedScheme(fileFromArgument(argument) ?? (await chooseScheme()));
  const target = scheme && (await askTarget());
  if (!scheme || target === undefined) return undefined;
  const { launchRun: launch } = await import('../later/runs');
  const schemeFile = scheme.fsPath;
  const { targets } = await services.targets.read();
  const options = {
    schemeFile,
    runsFolder: runsFolderOf(schemeFile),
    ...computingFor(schemeFile),
    target,
    targets,
  };
  if (target !== 'embedded' && !(await confirmLaunch(services.context, options))) return undefined;
  const title = t('Starting a run of {0}', path.basename(schemeFile));
  return launchRun(services, title, scheme, (launching) => launch({ ...options, ...launching }));
}

/** The scheme, saved if it is being edited; only a file on this machine's disk can be run. */
export async function savedScheme(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (!uri) return undefined;
  if (uri.scheme === 'untitled') return vscode.workspace.save(uri);
  const edited = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (edited?.isDirty && !(await edited.save())) return undefined;
  if (uri.scheme === 'file') return uri;
  void vscode.window.showErrorMessage(t('Only a scheme that is saved as a file on this machine can be run.'));
  return undefined;
}
