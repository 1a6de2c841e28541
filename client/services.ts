import type * as vscode from 'vscode';
import type { LanguageServer } from './languageServer';
import type { ExperimentsPanel } from './panels/experiments';
import type { MatchPanels } from './panels/match';
import type { WorkspaceRuns } from './runs/workspaceRuns';

/** What commands work with. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly server: LanguageServer;
  readonly runs: WorkspaceRuns;
  readonly experiments: ExperimentsPanel;
  readonly matches: MatchPanels;
}
