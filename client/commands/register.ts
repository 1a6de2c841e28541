import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { errorMessage, InputError } from '../../engine/errors';
import type { Services } from '../services';

type Command = (services: Services, ...args: unknown[]) => unknown;

/** Each command is loaded when it is first used. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  runScheme: async () => (await import('./runScheme')).runScheme,
  stopRun: async () => (await import('./stopRun')).stopRun,
  openExperiments: async () => (await import('./openExperiments')).openExperiments,
  openMatch: async () => (await import('./openMatch')).openMatch,
  describeModel: async () => (await import('./describeModel')).describeModel,
  writeNote: async () => (await import('./writeNote')).writeNote,
  openRunFolder: async () => (await import('./runFolder')).openRunFolder,
  revealLog: async () => (await import('./runFolder')).revealLog,
  copyRunId: async () => (await import('./runFolder')).copyRunId,
  refreshRuns: async () => (await import('./runFolder')).refreshRuns,
};

export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(commands).map(([name, load]) =>
    vscode.commands.registerCommand(`matchdown.${name}`, async (...args: unknown[]) => {
      try {
        return await (await load())(services, ...args);
      } catch (error) {
        await showError(services, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

/** A wrong input is told as it is; anything else is a bug of ours, which the log helps to report. */
async function showError(services: Services, error: unknown): Promise<void> {
  if (isAboutInput(error)) {
    void vscode.window.showErrorMessage(errorMessage(error));
    return;
  }
  console.error(error);
  const log = t('Show Log');
  const message = t('Match Down could not do this: {0}', errorMessage(error));
  void vscode.window.showErrorMessage(message, log).then((answer) => (answer ? services.server.showLog() : undefined));
}

/** LSP's RequestFailed: the server's form of an `InputError`. */
const requestFailed = -32803;

function isAboutInput(error: unknown): boolean {
  return error instanceof InputError || (error instanceof Error && 'code' in error && error.code === requestFailed);
}
