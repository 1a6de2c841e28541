import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { progressText, runDescription, runLabel } from './presentation';
import type { WorkspaceRuns } from './workspaceRuns';

/** An item of the status bar while something trains; a click opens Experiments. */
export function showTrainingInStatusBar(runs: WorkspaceRuns): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('matchdown.training', vscode.StatusBarAlignment.Left, 0);
  item.name = t('Match Down: training');
  item.command = 'matchdown.openExperiments';
  const subscription = runs.onDidChange(() => update(item, runs.active));
  return vscode.Disposable.from(item, subscription);
}

function update(item: vscode.StatusBarItem, active: readonly RunSummary[]): void {
  const [first, ...others] = active;
  if (!first?.record) {
    item.hide();
    return;
  }
  const more = others.length > 0 ? ` ${t('and {0} more', others.length)}` : '';
  item.text = `$(sync~spin) ${progressText(first)}${more}`;
  item.tooltip = [
    ...active.map((run) => `${runLabel(run)}: ${runDescription(run)}`),
    t('Click to open Experiments.'),
  ].join('\n');
  item.accessibilityInformation = {
    label: t('Training {0}, {1}', runLabel(first), runDescription(first)),
    role: 'button',
  };
  item.show();
}
