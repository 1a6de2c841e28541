import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import { groupingName, groupings } from '../runs/grouping';
import type { Services } from '../services';

/** How the Runs view is divided. */
export async function groupRuns({ runsView }: Services): Promise<void> {
  const { state } = runsView;
  const items = groupings.map((grouping) => ({
    label: groupingName(grouping),
    ...(grouping === state.grouping && { description: '$(check)' }),
    grouping,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: t('How should the runs be grouped?') });
  if (picked) runsView.show({ ...state, grouping: picked.grouping });
}

/** Leaves in the Runs view what has all the words; the view follows while they are typed. */
export function filterRuns({ runsView }: Services): Promise<void> {
  const before = runsView.state;
  const box = vscode.window.createInputBox();
  box.title = t('Filter Runs');
  box.placeholder = t('Words of a name, state, scheme, target, purpose or change: failed 0.01 gpu-box');
  box.value = before.filter;
  box.onDidChangeValue((filter) => runsView.show({ ...before, filter }));
  return new Promise((resolve) => {
    let isAccepted = false;
    box.onDidAccept(() => {
      isAccepted = true;
      box.hide();
    });
    box.onDidHide(() => {
      if (!isAccepted) runsView.show(before);
      box.dispose();
      resolve();
    });
    box.show();
  });
}

export function clearRunsFilter({ runsView }: Services): void {
  runsView.show({ ...runsView.state, filter: '' });
}
