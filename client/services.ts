import type * as vscode from 'vscode';
import type { LanguageServer } from './languageServer';
import type { ExperimentsPanel } from './panels/experiments';
import type { MatchPanels } from './panels/match';
import type { LogTerminals } from './runs/logTerminal';
import type { RunsView } from './runs/runsView';
import type { WorkspaceRuns } from './runs/workspaceRuns';
import type { Targets } from './targets/targets';

/** What commands work with. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly server: LanguageServer;
  readonly runs: WorkspaceRuns;
  readonly runsView: RunsView;
  readonly logs: LogTerminals;
  readonly targets: Targets;
  readonly experiments: ExperimentsPanel;
  readonly matches: MatchPanels;
}
