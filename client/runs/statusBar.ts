import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { progressText, runDescription, runLabel, sweepDescription, sweepLabel } from './presentation';
import { isSweeping, type WorkspaceRuns } from './workspaceRuns';

/** An item of the status bar while something trains; a click opens Experiments. */
export function showTrainingInStatusBar(runs: WorkspaceRuns): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('matchdown.training', vscode.StatusBarAlignment.Left, 0);
  item.name = t('Match Down: training');
  item.command = 'matchdown.openExperiments';
  const subscription = runs.onDidChange(() => update(item, runs));
  return vscode.Disposable.from(item, subscription);
}

/** Sweeps first: their trials come and go. */
function update(item: vscode.StatusBarItem, runs: WorkspaceRuns): void {
  const sweeps = runs.sweeps.filter(isSweeping);
  const active = runs.active;
  const ids = new Set(sweeps.map(({ record }) => record.id));
  const others = active.filter(({ record }) => !ids.has(record?.sweep?.id ?? ''));
  const lines = [
    ...sweeps.map(({ record }) => ({
      short: sweepShort(record),
      long: `${sweepLabel(record)}: ${sweepDescription(record)}`,
    })),
    ...others.map((run) => ({ short: progressText(run), long: `${runLabel(run)}: ${runDescription(run)}` })),
  ];
  const [first] = lines;
  if (!first) {
    item.hide();
    return;
  }
  const more = lines.length > 1 ? ` ${t('and {0} more', lines.length - 1)}` : '';
  item.text = `$(sync~spin) ${first.short}${more}`;
  item.tooltip = [...lines.map(({ long }) => long), t('Click to open Experiments.')].join('\n');
  item.accessibilityInformation = { label: t('Training {0}', first.long), role: 'button' };
  item.show();
}

/** The strategy stands in the tooltip. */
function sweepShort(record: Parameters<typeof sweepDescription>[0]): string {
  const [, ...rest] = sweepDescription(record)
    .split(' · ')
    .filter((part) => part !== record.definition.strategy);
  return [sweepLabel(record), ...rest].join(' · ');
}
