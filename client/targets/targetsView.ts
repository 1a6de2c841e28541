import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { Target } from '../../core/runs/target';
import { factsOf, stateText, type TargetFact, targetIcons, targetSummary } from './presentation';
import type { TargetState, Targets } from './targets';

/** A row of the Targets view; commands of its menus get it as their argument. */
export type TargetNode = TargetRow | { readonly kind: 'fact'; readonly target?: Target; readonly fact: TargetFact };

export interface TargetRow {
  readonly kind: 'target';
  readonly target: Target;
}

/** Milliseconds after which the load of a target that is looked at is asked again. */
const refreshEvery = { local: 5_000, elsewhere: 20_000 };

/** The Targets view: where a scheme can be trained. A target is asked when its row is opened, and again while it is seen. */
export function showTargetsView(targets: Targets): vscode.Disposable {
  const provider = new TargetsView(targets);
  const view = vscode.window.createTreeView('matchdown.targets', { treeDataProvider: provider });
  const refresher = new Refresher(targets, view);
  return vscode.Disposable.from(view, provider, refresher);
}

class TargetsView implements vscode.TreeDataProvider<TargetNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TargetNode | undefined>();
  private readonly rows = new Map<string, TargetRow>();
  private readonly subscriptions: readonly vscode.Disposable[];

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly targets: Targets) {
    this.subscriptions = [
      this.changed,
      targets.onDidChange((name) => this.changed.fire(name === undefined ? undefined : this.rows.get(name))),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire(undefined)),
    ];
  }

  async getChildren(node?: TargetNode): Promise<TargetNode[]> {
    if (!vscode.workspace.isTrusted) return [];
    if (!node) return this.top();
    if (node.kind === 'fact') return [];
    const { check, isAsked } = this.targets.stateOf(node.target.name);
    if (!check && !isAsked) void this.targets.check(node.target).catch((error: unknown) => console.error(error));
    if (!check) return [{ kind: 'fact', fact: { label: t('being asked …'), icon: 'loading~spin' } }];
    return factsOf(check).map((fact) => ({ kind: 'fact', target: node.target, fact }));
  }

  getTreeItem(node: TargetNode): vscode.TreeItem {
    return node.kind === 'target' ? this.targetItem(node.target) : factItem(node.fact);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async top(): Promise<TargetNode[]> {
    const { targets, problems } = await this.targets.read();
    this.rows.clear();
    for (const target of targets) this.rows.set(target.name, { kind: 'target', target });
    const wrong = problems.map(({ message }): TargetNode => {
      const command = { command: 'matchdown.configureTargets', title: t('Configure targets') };
      return {
        kind: 'fact',
        fact: { label: message, tooltip: message, icon: 'error', color: 'list.errorForeground', command },
      };
    });
    return [...this.rows.values(), ...wrong];
  }

  private targetItem(target: Target): vscode.TreeItem {
    const state = this.targets.stateOf(target.name);
    const item = new vscode.TreeItem(target.name, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = target.name;
    item.description = stateText(state) || targetSummary(target);
    item.iconPath = targetIcon(target, state);
    item.contextValue = `target.${target.kind}`;
    item.tooltip = [target.name, targetSummary(target), stateText(state)].filter(Boolean).join('\n');
    item.accessibilityInformation = {
      label: t('Target {0}, {1}', target.name, stateText(state) || targetSummary(target)),
    };
    return item;
  }
}

function targetIcon({ kind }: Target, { check, isAsked, isLate }: TargetState): vscode.ThemeIcon {
  if (isLate || (isAsked && !check)) return new vscode.ThemeIcon('loading~spin');
  if (!check) return new vscode.ThemeIcon(targetIcons[kind]);
  const hasFailed = !check.answers || check.problems.some(({ severity }) => severity === 'error');
  return hasFailed
    ? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
    : new vscode.ThemeIcon(targetIcons[kind], new vscode.ThemeColor('testing.iconPassed'));
}

function factItem({ label, description, tooltip, icon, color, command }: TargetFact): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = description;
  item.tooltip = tooltip ?? [label, description].filter(Boolean).join('\n');
  item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
  item.command = command;
  item.contextValue = 'fact';
  return item;
}

/** While rows are open in a view that is seen, their GPUs' load is kept up to date. */
class Refresher implements vscode.Disposable {
  private readonly due = new Map<string, { readonly target: Target; at: number }>();
  private readonly timer: NodeJS.Timeout;
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(
    private readonly targets: Targets,
    private readonly view: vscode.TreeView<TargetNode>,
  ) {
    this.timer = setInterval(() => this.refresh(), 1000);
    this.timer.unref();
    this.subscriptions = [
      view.onDidExpandElement(({ element }) => {
        if (element.kind === 'target' && element.target.kind !== 'embedded') this.schedule(element.target);
      }),
      view.onDidCollapseElement(({ element }) => {
        if (element.kind === 'target') this.due.delete(element.target.name);
      }),
      targets.onDidChange((name) => {
        if (name === undefined) this.due.clear();
      }),
    ];
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private schedule(target: Target): void {
    const wait = target.kind === 'local' ? refreshEvery.local : refreshEvery.elsewhere;
    this.due.set(target.name, { target, at: Date.now() + wait });
  }

  private refresh(): void {
    if (!this.view.visible || !vscode.window.state.focused) return;
    for (const { target, at } of this.due.values()) {
      if (Date.now() < at || this.targets.stateOf(target.name).isAsked) continue;
      this.schedule(target);
      void this.targets.check(target).catch((error: unknown) => console.error(error));
    }
  }
}
