import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { errorMessage } from '../../engine/errors';
import type { Services } from '../services';
import { clearRunsFilter, filterRuns, groupRuns } from './arrangeRuns';
import { cloneRun } from './cloneRun';
import { compareRuns } from './compareRuns';
import { deleteRun } from './deleteRun';
import { describeModel } from './describeModel';
import { nextDifference, previousDifference } from './goToDifference';
import { matchWith } from './matchWith';
import { openExperiments } from './openExperiments';
import { openMatch } from './openMatch';
import { openSample } from './openSample';
import { resumeRun } from './resumeRun';
import { copyRunId, openRunFolder, refreshRuns, revealLog } from './runFolder';
import { runScheme, runSchemeOn } from './runScheme';
import { stopRun } from './stopRun';
import { sweepScheme } from './sweepScheme';
import { openBestScheme, resumeSweep, stopSweep } from './sweeps';
import { checkTarget, configureTargets, refreshTargets } from './targets';
import { openTensorBoard } from './tensorBoard';
import { writeNote } from './writeNote';

type Command = (services: Services, ...args: unknown[]) => unknown;

const commands: Readonly<Record<string, Command>> = {
  runScheme,
  runSchemeOn,
  stopRun,
  resumeRun,
  cloneRun,
  deleteRun,
  compareRuns,
  sweepScheme,
  stopSweep,
  resumeSweep,
  openBestScheme,
  openTensorBoard,
  checkTarget,
  refreshTargets,
  configureTargets,
  groupRuns,
  filterRuns,
  clearRunsFilter,
  openExperiments,
  openMatch,
  matchWith,
  nextDifference,
  previousDifference,
  describe: describeModel,
  writeNote,
  openSample,
  openRunFolder,
  revealLog,
  copyRunId,
  refreshRuns,
};

/** Registers `matchdown.<name>` for each. What a command returns goes to whoever executed it. */
export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(commands).map(([name, command]) =>
    vscode.commands.registerCommand(`matchdown.${name}`, async (...args: unknown[]) => {
      try {
        return await command(services, ...args);
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

/** By its name: the bundle that threw it has a class of its own. */
function isAboutInput(error: unknown): boolean {
  return error instanceof Error && (error.name === 'InputError' || ('code' in error && error.code === requestFailed));
}
