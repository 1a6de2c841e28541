import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { SettingProblem } from '../../core/runs/readTargets';
import type { Target } from '../../core/runs/target';
import { stateText, targetIcons, targetSummary } from './presentation';
import type { Targets } from './targets';

/**
 * The name of the target that the user picks; undefined when none was. What each target has to say comes in while the list is
 * shown.
 */
export async function chooseTarget(targets: Targets): Promise<string | undefined> {
  const read = await targets.read();
  const pick = vscode.window.createQuickPick<TargetItem>();
  pick.title = t('Run On');
  pick.placeholder = t('Where should it be trained?');
  pick.matchOnDescription = true;
  pick.buttons = [{ iconPath: new vscode.ThemeIcon('gear'), tooltip: t('Configure targets') }];
  const show = () => {
    const active = pick.activeItems[0]?.target?.name;
    pick.items = [...read.targets.map((target) => targetItem(targets, target)), ...read.problems.map(problemItem)];
    pick.activeItems = pick.items.filter(({ target }) => target !== undefined && target.name === active);
  };
  show();
  const subscription = targets.onDidChange(show);
  for (const target of read.targets) void targets.check(target).catch((error: unknown) => console.error(error));
  return new Promise((resolve) => {
    const end = (name: string | undefined) => {
      resolve(name);
      pick.hide();
    };
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item && !item.target) void configureTargets();
      end(item?.target?.name);
    });
    pick.onDidTriggerButton(() => {
      void configureTargets();
      end(undefined);
    });
    pick.onDidHide(() => {
      resolve(undefined);
      subscription.dispose();
      pick.dispose();
    });
    pick.show();
  });
}

/** Opens the setting where it applies to this folder, or to the user where there is none. */
export async function configureTargets(): Promise<void> {
  const hasFolder = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  const command = hasFolder ? 'workbench.action.openWorkspaceSettingsFile' : 'workbench.action.openSettingsJson';
  await vscode.commands.executeCommand(command, { revealSetting: { key: 'matchdown.targets', edit: true } });
}

interface TargetItem extends vscode.QuickPickItem {
  readonly target?: Target;
}

function targetItem(targets: Targets, target: Target): TargetItem {
  const state = targets.stateOf(target.name);
  const hasFailed = state.check?.answers === false;
  return {
    label: `$(${hasFailed ? 'error' : targetIcons[target.kind]}) ${target.name}`,
    description: [targetSummary(target), stateText(state)].filter(Boolean).join(' · '),
    target,
  };
}

/** A target of the setting that cannot be used. */
function problemItem({ message }: SettingProblem): TargetItem {
  return { label: `$(warning) ${message}`, description: t('Configure targets') };
}
