import './messages';
import * as vscode from 'vscode';
import { registerCommands } from './commands/register';
import { LanguageServer } from './languageServer';
import { provideModelTables } from './modelTable';
import { ExperimentsPanel } from './panels/experiments';
import { MatchPanels } from './panels/match';
import { provideOnnxEditor } from './panels/onnx';
import { tellEndings } from './runs/endings';
import { LogTerminals } from './runs/logTerminal';
import { mirrorRemoteRuns } from './runs/mirroring';
import { type RunsView, showRunsView } from './runs/runsView';
import { showTrainingInStatusBar } from './runs/statusBar';
import { WorkspaceRuns } from './runs/workspaceRuns';
import { adoptJsonSchemes, isScheme } from './schemes';
import { Targets } from './targets/targets';
import { showTargetsView } from './targets/targetsView';

/** What the extension offers to other extensions and to its own tests. */
export interface MatchDown {
  /** The provider behind the Runs view. */
  readonly runsView: RunsView;
  /** What `activate` took of the processor, in milliseconds: the time on the clock says as much about what else is running. */
  readonly activationTime: number;
}

/** Registers everything and starts nothing: the server comes with the first scheme, the runs are read when the window is idle. */
export function activate(context: vscode.ExtensionContext): MatchDown {
  const before = process.cpuUsage();
  const server = new LanguageServer(context.extensionUri);
  const runs = new WorkspaceRuns();
  const runsView = showRunsView(runs, context.workspaceState);
  const logs = new LogTerminals(runs);
  const targets = new Targets();
  const experiments = new ExperimentsPanel(context.extensionUri, server, runs);
  const matches = new MatchPanels(context.extensionUri, server);
  context.subscriptions.push(
    server,
    runs,
    runsView,
    experiments,
    matches,
    logs,
    targets,
    showTargetsView(targets),
    showTrainingInStatusBar(runs),
    mirrorRemoteRuns(runs),
    tellEndings(runs, context),
    setContextKeys(runs),
    provideModelTables(server),
    provideOnnxEditor(context.extensionUri, server, runs),
    registerCommands({ context, server, runs, runsView, logs, targets, experiments, matches }),
    adoptJsonSchemes(),
    startServerWithFirstScheme(server),
  );
  setImmediate(() => void runs.refresh().catch((error) => console.error(error)));
  return { runsView, activationTime: milliseconds(process.cpuUsage(before)) };
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

function startServerWithFirstScheme(server: LanguageServer): vscode.Disposable {
  const start = (document: vscode.TextDocument) => {
    if (isScheme(document)) void server.start().catch((error) => console.error(error));
  };
  for (const document of vscode.workspace.textDocuments) start(document);
  return vscode.workspace.onDidOpenTextDocument(start);
}

/** Menus and keybindings ask for these. */
function setContextKeys(runs: WorkspaceRuns): vscode.Disposable {
  return runs.onDidChange(() => {
    void vscode.commands.executeCommand('setContext', 'matchdown.hasRuns', runs.runs.length > 0);
    void vscode.commands.executeCommand('setContext', 'matchdown.isTraining', runs.active.length > 0);
  });
}
