import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { rangeText } from '../../core/sweep/range';
import type { SweepRecord, SweepState } from '../../core/sweep/record';
import { bestScheme } from '../../engine/sweep/paths';
import type { Sweep } from '../../engine/sweep/store';
import { figure, shortKey, sweepDescription, sweepLabel, sweepStateName } from './presentation';
import type { DetailNode } from './runsView';

/** The row of a sweep; its trials are below. */
export function sweepItem({ folder, record }: Sweep): vscode.TreeItem {
  const item = new vscode.TreeItem(sweepLabel(record), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = folder;
  item.description = sweepDescription(record);
  item.iconPath = iconOf(record.state);
  item.contextValue = `sweep.${record.state}`;
  item.tooltip = tooltip(folder, record);
  item.accessibilityInformation = { label: `${sweepLabel(record)}, ${sweepDescription(record)}` };
  return item;
}

/** Above the trials: what went wrong, and the best one so far. */
export function sweepDetails(sweep: Sweep): DetailNode[] {
  const { folder, record } = sweep;
  const best = record.trials.find(({ number }) => number === record.best);
  const values = Object.entries(best?.values ?? {}).map(([key, value]) => `${shortKey(key)} ${JSON.stringify(value)}`);
  return [
    ...(record.error
      ? [
          {
            kind: 'detail' as const,
            folder,
            label: sweepStateName(record.state),
            description: record.error,
            tooltip: record.error,
            icon: 'info',
          },
        ]
      : []),
    ...(best
      ? [
          {
            kind: 'detail' as const,
            folder,
            label: t('Best: #{0}', best.number),
            description: [figure(best.objective!), ...values].join(' · '),
            tooltip: t('Show what the best scheme changes: {0}', bestScheme(folder)),
            icon: 'star-full',
            command: { command: 'matchdown.openBestScheme', title: t('Open'), arguments: [{ kind: 'sweep', sweep }] },
          },
        ]
      : []),
  ];
}

function iconOf(state: SweepState): vscode.ThemeIcon {
  const colors: Partial<Record<SweepState, string>> = {
    running: 'charts.blue',
    finished: 'testing.iconPassed',
    failed: 'testing.iconFailed',
  };
  const color = colors[state];
  return new vscode.ThemeIcon('graph-scatter', color ? new vscode.ThemeColor(color) : undefined);
}

function tooltip(folder: string, { id, scheme, definition, state }: SweepRecord): string {
  const { objective, ranges, seeds, target } = definition;
  return [
    `${t('Sweep {0}', id)} · ${sweepStateName(state)}`,
    path.basename(scheme.path),
    ...Object.entries(ranges).map(([key, range]) => `${key} = ${rangeText(range)}`),
    ...(seeds.length > 0 ? [`model.seed = ${seeds.join(',')}`] : []),
    `${objective.direction === 'minimize' ? t('least {0}', objective.tag) : t('most {0}', objective.tag)} · ${target}`,
    folder,
  ].join('\n');
}
