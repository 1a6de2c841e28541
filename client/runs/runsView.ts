import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { figure, runDescription, runLabel, startText, stateIcons, stateName } from './presentation';
import { isActive, schemePathOf, type WorkspaceRuns } from './workspaceRuns';

/** A row of the Runs view; commands of its menus get it as their argument. */
export type RunNode = { readonly kind: 'run'; readonly run: RunSummary } | DetailNode;

export interface DetailNode {
  readonly kind: 'detail';
  readonly run: RunSummary;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: string;
  readonly command?: vscode.Command;
}

/** The Runs view: one row per run, with what came of it below. */
export class RunsView implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RunNode | undefined>();
  private readonly nodes = new Map<string, RunNode>();
  private readonly subscription: vscode.Disposable;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly runs: WorkspaceRuns) {
    this.subscription = runs.onDidChange((folders) => this.update(folders));
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (!node) return this.runs.runs.map((run) => this.nodeOf(run));
    return node.kind === 'run' ? detailsOf(this.runOf(node)) : [];
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    return node.kind === 'run' ? runItem(this.runOf(node)) : detailItem(node);
  }

  getParent(node: RunNode): RunNode | undefined {
    return node.kind === 'run' ? undefined : this.nodes.get(node.run.folder);
  }

  /** The row's run as it is now. */
  runOf(node: RunNode): RunSummary {
    return this.runs.find(node.run.folder) ?? node.run;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  /** The same object for the same run: the editor keeps rows, selection and focus by it. */
  private nodeOf(run: RunSummary): RunNode {
    const node = this.nodes.get(run.folder) ?? { kind: 'run', run };
    this.nodes.set(run.folder, node);
    return node;
  }

  private update(folders: readonly string[]): void {
    if (folders.length === 0) this.changed.fire(undefined);
    for (const folder of folders) this.changed.fire(this.nodes.get(folder));
  }
}

function runItem(run: RunSummary): vscode.TreeItem {
  const { record } = run;
  const item = new vscode.TreeItem(runLabel(run), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = run.folder;
  item.description = [
    runDescription(run),
    ...(record && !isActive(run) ? [startText(record, vscode.env.language)] : []),
  ].join(' · ');
  item.iconPath = record ? themeIcon(stateIcons[record.state]) : new vscode.ThemeIcon('graph-line');
  item.contextValue = `run.${record?.state ?? 'foreign'}`;
  item.tooltip = runTooltip(run);
  item.accessibilityInformation = { label: t('Run {0}, {1}', runLabel(run), runDescription(run)) };
  return item;
}

function runTooltip(run: RunSummary): string {
  const { record } = run;
  if (!record) return run.folder;
  const lines = [
    record.name === record.id ? record.id : `${record.name} (${record.id})`,
    runDescription(run),
    ...(record.error ? [record.error] : []),
    ...(record.purpose ? [record.purpose] : []),
    ...Object.entries(record.overrides).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    run.folder,
  ];
  return lines.join('\n');
}

function detailItem(node: DetailNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label);
  item.id = `${node.run.folder}#${node.label}`;
  item.description = node.description;
  item.tooltip = node.tooltip;
  item.iconPath = new vscode.ThemeIcon(node.icon);
  item.command = node.command;
  item.contextValue = 'detail';
  return item;
}

async function detailsOf(run: RunSummary): Promise<DetailNode[]> {
  return [...errorOf(run), ...metricsOf(run), ...(await filesOf(run))];
}

function errorOf(run: RunSummary): DetailNode[] {
  const { record } = run;
  if (!record) return [];
  const reason = record.error ?? (isActive(run) ? undefined : record.history.at(-1)?.reason);
  if (!reason) return [];
  return [{ kind: 'detail', run, label: stateName(record.state), description: reason, tooltip: reason, icon: 'info' }];
}

function metricsOf(run: RunSummary): DetailNode[] {
  const { record } = run;
  if (!record) return run.tags.map((label) => ({ kind: 'detail', run, label, icon: 'graph-line' }));
  const values = isActive(run) ? (record.progress?.last ?? {}) : record.metrics.final;
  return Object.entries(values).map(([label, value]) => {
    const best = record.metrics.best[label];
    const description =
      best === undefined || best === value ? figure(value) : t('{0} (best {1})', figure(value), figure(best));
    return { kind: 'detail', run, label, description, icon: 'graph-line' };
  });
}

async function filesOf(run: RunSummary): Promise<DetailNode[]> {
  const present = (name: string) => exists(path.join(run.folder, name));
  const [scheme, model, log] = await Promise.all(['scheme.json', 'model.onnx', 'output.log'].map(present));
  return [
    ...(scheme && run.record ? [await schemeDetail(run)] : []),
    ...(model ? [modelDetail(run)] : []),
    ...(log ? [logDetail(run)] : []),
  ];
}

/** The scheme as it ran, held against the scheme as it is now while there is one. */
async function schemeDetail(run: RunSummary): Promise<DetailNode> {
  const [asItRan, now] = [path.join(run.folder, 'scheme.json'), schemePathOf(run)].map((file) => vscode.Uri.file(file));
  const title = t('{0}: as it ran ↔ as it is', runLabel(run));
  const command = (await exists(schemePathOf(run)))
    ? { command: 'vscode.diff', title, arguments: [asItRan, now, title] }
    : { command: 'vscode.open', title, arguments: [asItRan] };
  return { kind: 'detail', run, label: 'scheme.json', description: t('as it ran'), icon: 'json', command };
}

function modelDetail(run: RunSummary): DetailNode {
  const title = t('compare with the scheme');
  const command = { command: 'matchdown.openMatch', title, arguments: [asArgument(run)] };
  return { kind: 'detail', run, label: 'model.onnx', description: title, icon: 'type-hierarchy', command };
}

function logDetail(run: RunSummary): DetailNode {
  const command = { command: 'matchdown.revealLog', title: t('Open'), arguments: [asArgument(run)] };
  return { kind: 'detail', run, label: 'output.log', icon: 'output', command };
}

function asArgument(run: RunSummary): RunNode {
  return { kind: 'run', run };
}

function themeIcon({ icon, color }: { icon: string; color?: string }): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
