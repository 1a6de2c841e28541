import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { runsText } from '../../core/counts';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { jobText } from '../../core/runs/slurmJob';
import { stateName } from '../../core/runs/states';
import type { Sweep } from '../../engine/sweep/store';
import { type Entry, entriesOf, type Group, type Grouping, matchesFilter } from './grouping';
import { figure, runDescription, runLabel, startText, stateIcons, trialLabel } from './presentation';
import { sweepDetails, sweepItem } from './sweepItems';
import { isActive, schemePathOf, type WorkspaceRuns } from './workspaceRuns';

/** A row of the Runs view; commands of its menus get it as their argument. */
export type RunNode = RunRow | SweepRow | GroupRow | DetailNode;

export interface RunRow {
  readonly kind: 'run';
  readonly run: RunSummary;
  /** The keys of its sweep, which it is called by there. */
  readonly keys?: readonly string[];
}

export interface SweepRow {
  readonly kind: 'sweep';
  readonly sweep: Sweep;
}

export interface GroupRow {
  readonly kind: 'group';
  readonly id: string;
}

export interface DetailNode {
  readonly kind: 'detail';
  /** Of the run or sweep that it stands below. */
  readonly folder: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: string;
  readonly command?: vscode.Command;
}

/** How the rows are chosen; kept with the workspace. */
export interface RunsViewState {
  readonly grouping: Grouping;
  readonly filter: string;
}

/** The Runs view, with its grouping and filter as they were left. */
export function showRunsView(runs: WorkspaceRuns, memory: vscode.Memento): RunsView {
  const provider = new RunsView(runs, memory);
  const options = { treeDataProvider: provider, canSelectMany: true, showCollapseAll: true };
  provider.attach(vscode.window.createTreeView('matchdown.runs', options));
  return provider;
}

const memoryKey = 'matchdown.runsView';
const initialState: RunsViewState = { grouping: 'none', filter: '' };

/** The Runs view: a row for each run, its sweep or its group, with what came of it below. */
export class RunsView implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RunNode | undefined>();
  private readonly nodes = new Map<string, RunNode>();
  private readonly children = new Map<string, readonly Entry[]>();
  private readonly groups = new Map<string, Group>();
  private readonly subscription: vscode.Disposable;
  private current: RunsViewState;
  private view: vscode.TreeView<RunNode> | undefined;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly memory: vscode.Memento,
  ) {
    this.current = { ...initialState, ...memory.get<Partial<RunsViewState>>(memoryKey) };
    this.subscription = runs.onDidChange((folders) => this.update(folders));
  }

  attach(view: vscode.TreeView<RunNode>): void {
    this.view = view;
    this.show(this.current);
  }

  /** The rows that are selected. */
  get selection(): readonly RunNode[] {
    return this.view?.selection ?? [];
  }

  get state(): RunsViewState {
    return this.current;
  }

  /** Tells beside the view's title what is left out. */
  show(state: RunsViewState): void {
    this.current = state;
    void this.memory.update(memoryKey, state);
    const filter = state.filter.trim();
    if (this.view) this.view.description = filter === '' ? undefined : t('filter: {0}', filter);
    void vscode.commands.executeCommand('setContext', 'matchdown.runsFiltered', filter !== '');
    this.changed.fire(undefined);
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (!node) return this.entries().map((entry) => this.nodeOf(entry));
    switch (node.kind) {
      case 'run':
        return detailsOf(this.runOf(node));
      case 'sweep':
        return [...sweepDetails(this.sweepOf(node)), ...this.trialsOf(node)];
      case 'group':
        return (this.children.get(node.id) ?? []).map((entry) => this.nodeOf(entry));
      case 'detail':
        return [];
    }
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    switch (node.kind) {
      case 'run':
        return runItem(this.runOf(node), node.keys);
      case 'sweep':
        return sweepItem(this.sweepOf(node));
      case 'group':
        return groupItem(this.groups.get(node.id)!);
      case 'detail':
        return detailItem(node);
    }
  }

  getParent(node: RunNode): RunNode | undefined {
    if (node.kind === 'detail') return this.nodes.get(node.folder);
    if (node.kind !== 'run') return undefined;
    const id = this.runOf(node).record?.sweep?.id;
    return this.runs.sweeps.filter(({ record }) => record.id === id).map(({ folder }) => this.nodes.get(folder))[0];
  }

  /** The row's run as it is now. */
  runOf(node: RunRow): RunSummary {
    return this.runs.find(node.run.folder) ?? node.run;
  }

  private sweepOf(node: SweepRow): Sweep {
    return this.runs.findSweep(node.sweep.folder) ?? node.sweep;
  }

  dispose(): void {
    this.view?.dispose();
    this.subscription.dispose();
    this.changed.dispose();
  }

  private entries(): Entry[] {
    const { runs, sweeps } = this.runs;
    const entries = entriesOf({ runs, sweeps, ...this.current, locale: vscode.env.language, now: new Date() });
    this.groups.clear();
    this.children.clear();
    for (const entry of entries) {
      if (entry.kind !== 'group') continue;
      this.groups.set(entry.id, entry);
      this.children.set(entry.id, entry.entries);
    }
    return entries;
  }

  private trialsOf(node: SweepRow): RunNode[] {
    const { record } = this.sweepOf(node);
    const keys = [
      ...Object.keys(record.definition.ranges),
      ...(record.definition.seeds.length > 0 ? ['model.seed'] : []),
    ];
    const { filter } = this.current;
    return this.runs.runs
      .filter((run) => run.record?.sweep?.id === record.id && (filter.trim() === '' || matchesFilter(run, filter)))
      .sort((a, b) => a.record!.sweep!.trial - b.record!.sweep!.trial)
      .map((run) => this.kept(run.folder, { kind: 'run', run, keys }));
  }

  private nodeOf(entry: Entry): RunNode {
    if (entry.kind === 'run') return this.kept(entry.run.folder, { kind: 'run', run: entry.run });
    if (entry.kind === 'sweep') return this.kept(entry.sweep.folder, { kind: 'sweep', sweep: entry.sweep });
    return this.kept(entry.id, { kind: 'group', id: entry.id });
  }

  /** The same object for the same row: the editor keeps rows, selection and focus by it. */
  private kept(id: string, node: RunNode): RunNode {
    const known = this.nodes.get(id);
    if (known) return known;
    this.nodes.set(id, node);
    return node;
  }

  /** A filter or a group may leave a row out, or take it in, when its run changes. */
  private update(folders: readonly string[]): void {
    const { grouping, filter } = this.current;
    const mayMove = filter.trim() !== '' || grouping === 'state';
    if (folders.length === 0 || mayMove) this.changed.fire(undefined);
    else for (const folder of folders) this.tell(folder);
  }

  /** A row that was never shown needs no renewing. */
  private tell(folder: string): void {
    const node = this.nodes.get(folder);
    if (node) this.changed.fire(node);
  }
}

function groupItem({ id, label, runs }: Group): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = runsText(runs.length);
  item.contextValue = 'group';
  return item;
}

function runItem(run: RunSummary, keys?: readonly string[]): vscode.TreeItem {
  const { record } = run;
  const label = keys ? trialLabel(run, keys) : runLabel(run);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = run.folder;
  item.description = [
    runDescription(run),
    ...(record && !isActive(run) ? [startText(record, vscode.env.language)] : []),
  ].join(' · ');
  item.iconPath = record ? themeIcon(stateIcons[record.state]) : new vscode.ThemeIcon('graph-line');
  item.contextValue = `run.${record?.state ?? 'foreign'}`;
  item.tooltip = runTooltip(run);
  item.accessibilityInformation = { label: t('Run {0}, {1}', label, runDescription(run)) };
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
  item.id = `${node.folder}#${node.label}`;
  item.description = node.description;
  item.tooltip = node.tooltip ?? [node.label, node.description].filter(Boolean).join('\n');
  item.iconPath = new vscode.ThemeIcon(node.icon);
  item.command = node.command;
  item.contextValue = 'detail';
  return item;
}

async function detailsOf(run: RunSummary): Promise<DetailNode[]> {
  return [...errorOf(run), ...placeOf(run), ...metricsOf(run), ...(await filesOf(run))];
}

function errorOf(run: RunSummary): DetailNode[] {
  const { record } = run;
  if (!record) return [];
  const reason = record.error ?? (isActive(run) ? undefined : record.history.at(-1)?.reason);
  if (!reason) return [];
  const label = stateName(record.state);
  return [{ kind: 'detail', folder: run.folder, label, description: reason, tooltip: reason, icon: 'info' }];
}

/** "0.412 (best 0.398)", where it was better before. */
function valueText(value: number, best: number | undefined): string {
  const [now, before] = [figure(value), best === undefined ? '' : figure(best)];
  return before === '' || before === now ? now : t('{0} (best {1})', now, before);
}

/** Another machine, its GPUs, the attempts that a preempted run took. */
function placeOf({ record, folder }: RunSummary): DetailNode[] {
  if (!record || record.target === 'embedded') return [];
  const attempts = record.attempts?.length ?? 1;
  const parts = [
    record.host,
    ...(record.remote?.job ? [t('job {0}', jobText(record.remote.job))] : []),
    ...(record.gpus?.length ? [t('GPU {0}', record.gpus.join(', '))] : []),
    ...(attempts > 1 ? [t('attempt {0}', attempts)] : []),
    ...(record.connection?.state === 'cut' ? [t('connection cut')] : []),
  ];
  const tooltip = record.connection?.reason;
  return [
    {
      kind: 'detail',
      folder,
      label: record.target,
      description: parts.join(' · '),
      icon: 'server',
      ...(tooltip && { tooltip }),
    },
  ];
}

function metricsOf(run: RunSummary): DetailNode[] {
  const { record, folder } = run;
  if (!record) return run.tags.map((label) => ({ kind: 'detail', folder, label, icon: 'graph-line' }));
  const goesOn = isActive(run);
  const values = goesOn ? (record.progress?.last ?? {}) : record.metrics.final;
  return Object.entries(values).map(([label, value]) => {
    // What an epoch that goes on has so far is not to be compared with whole ones.
    const best = goesOn && label.endsWith('/train') ? undefined : record.metrics.best[label];
    return { kind: 'detail', folder, label, description: valueText(value, best), icon: 'graph-line' };
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
  return {
    kind: 'detail',
    folder: run.folder,
    label: 'scheme.json',
    description: t('as it ran'),
    icon: 'json',
    command,
  };
}

function modelDetail(run: RunSummary): DetailNode {
  const title = t('compare with the scheme');
  const command = { command: 'matchdown.openMatch', title, arguments: [asArgument(run)] };
  return {
    kind: 'detail',
    folder: run.folder,
    label: 'model.onnx',
    description: title,
    icon: 'type-hierarchy',
    command,
  };
}

function logDetail(run: RunSummary): DetailNode {
  const command = { command: 'matchdown.revealLog', title: t('Open'), arguments: [asArgument(run)] };
  return { kind: 'detail', folder: run.folder, label: 'output.log', icon: 'output', command };
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
