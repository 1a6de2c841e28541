import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../core/protocol/runs';
import { isActive as isActiveRecord } from '../../core/runs/states';
import type { Sweep } from '../../engine/sweep/store';
import { findSchemes, watchSchemeFiles } from '../schemes';
import { runsFolderOf } from '../settings';
import { workspacePath } from './workspacePath';

/** While something trains its record is read this often, which also tells when its process died. */
const followEvery = 1000;
/** Several files of a run are written at once: one reading for all of them. */
const settleTime = 150;
const mostRecordsSearched = 1000;

/**
 * The runs and sweeps of the workspace, read from disk: beside each scheme, and wherever else a `run.json` stands. Nothing is
 * kept but what was read last. Changes come from the editor's file watcher; only what is active is read by the clock.
 */
export class WorkspaceRuns implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<readonly string[]>();
  private readonly byFolder = new Map<string, RunSummary>();
  private readonly sweepsByFolder = new Map<string, Sweep>();
  private readonly known = new Set<string>();
  private readonly watchers = new Map<string, vscode.Disposable>();
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private readingAgain: Promise<void> | undefined;
  private foldersKnown = false;
  private everRead = false;
  private disposed = false;

  /** Folders of the runs and sweeps that changed; an empty list: the set of them changed. */
  readonly onDidChange = this.changed.event;

  constructor() {
    this.subscriptions = [
      this.changed,
      watchSchemeFiles(() => this.lookAgain()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.lookAgain()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.lookAgain()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('matchdown.runsFolder')) this.lookAgain();
      }),
    ];
  }

  /** Newest first; runs without a record last. */
  get runs(): readonly RunSummary[] {
    return [...this.byFolder.values()].sort(newestFirst);
  }

  get active(): readonly RunSummary[] {
    return this.runs.filter(isActive);
  }

  /** Newest first. */
  get sweeps(): readonly Sweep[] {
    return [...this.sweepsByFolder.values()];
  }

  /** The folders that hold runs, whether they exist already or not. */
  get folders(): readonly string[] {
    return [...this.known];
  }

  find(folder: string): RunSummary | undefined {
    return this.byFolder.get(folder);
  }

  findSweep(folder: string): Sweep | undefined {
    return this.sweepsByFolder.get(folder);
  }

  /** Runs of one scheme, newest first. */
  ofScheme(schemeFile: string): readonly RunSummary[] {
    return this.runs.filter((run) => run.record && samePath(schemePathOf(run), schemeFile));
  }

  /** Resolves once the runs have been read for the first time. */
  async ready(): Promise<void> {
    if (!this.everRead) await this.refresh();
  }

  /** Reads all runs again. Calls that come while it reads share one more reading. */
  refresh(): Promise<void> {
    if (this.reading) {
      this.readingAgain ??= this.reading.then(
        () => this.read(),
        () => this.read(),
      );
      return this.readingAgain;
    }
    return this.read();
  }

  /** Keeps this folder of runs in sight too, from now on. */
  add(runsFolder: string): Promise<void> {
    this.watch(runsFolder);
    return this.refresh();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    clearTimeout(this.settling);
    for (const watcher of this.watchers.values()) watcher.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private lookAgain(): void {
    this.foldersKnown = false;
    this.settle();
  }

  private settle(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.refresh().catch(() => undefined), settleTime);
  }

  private read(): Promise<void> {
    this.readingAgain = undefined;
    const reading = this.readAll().finally(() => {
      if (this.reading === reading) this.reading = undefined;
    });
    this.reading = reading;
    return reading;
  }

  private async readAll(): Promise<void> {
    if (this.disposed || !vscode.workspace.isTrusted) return;
    await this.lookForFolders();
    const { listRuns, listSweeps } = await import('../later/runs');
    const [read, sweeps] = await Promise.all([listRuns(this.folders), listSweeps(this.folders)]);
    const before = new Map<string, unknown>([...this.byFolder, ...this.sweepsByFolder]);
    this.byFolder.clear();
    this.sweepsByFolder.clear();
    for (const run of read) this.byFolder.set(run.folder, run);
    for (const sweep of sweeps) this.sweepsByFolder.set(sweep.folder, sweep);
    this.everRead = true;
    this.tellDifferences(before);
    this.schedule();
  }

  private async lookForFolders(): Promise<void> {
    if (this.foldersKnown) return;
    this.foldersKnown = true;
    const [schemes, records] = await Promise.all([
      findSchemes(),
      vscode.workspace.findFiles('**/run.json', '**/node_modules/**', mostRecordsSearched),
    ]);
    for (const scheme of schemes) if (scheme.scheme === 'file') this.watch(runsFolderOf(scheme.fsPath));
    for (const record of records) if (record.scheme === 'file') this.watch(path.resolve(record.fsPath, '../..'));
  }

  private watch(runsFolder: string): void {
    if (this.known.has(runsFolder)) return;
    this.known.add(runsFolder);
    const records = watcherOf(runsFolder, '*/run.json');
    const sweeps = watcherOf(runsFolder, 'sweeps/*/sweep.json');
    for (const { onDidCreate, onDidChange } of [records, sweeps]) {
      onDidCreate(() => this.settle());
      onDidChange(() => this.settle());
    }
    // Of a folder that is deleted, what it held is not told of.
    const removable = [records, sweeps, watcherOf(runsFolder, '*'), watcherOf(path.dirname(runsFolder), '*')];
    for (const watcher of removable) watcher.onDidDelete(() => this.settle());
    this.watchers.set(runsFolder, vscode.Disposable.from(...removable));
  }

  private tellDifferences(before: ReadonlyMap<string, unknown>): void {
    const now = new Map<string, unknown>([...this.byFolder, ...this.sweepsByFolder]);
    const sameSet = before.size === now.size && [...before.keys()].every((folder) => now.has(folder));
    const folders = [...before].filter(([folder, one]) => !same(one, now.get(folder))).map(([folder]) => folder);
    if (!sameSet) this.changed.fire([]);
    else if (folders.length > 0) this.changed.fire(folders);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.disposed || (this.active.length === 0 && this.sweeps.every((sweep) => !isSweeping(sweep)))) return;
    this.timer = setTimeout(() => void this.follow().catch(() => undefined), followEvery);
  }

  private async follow(): Promise<void> {
    const { readRun, readSweep } = await import('../later/runs');
    const changed: string[] = [];
    for (const { folder, record } of this.sweeps.filter(isSweeping)) {
      const now = await readSweep(folder).catch(() => undefined);
      if (!now) return this.refresh();
      if (!this.sweepsByFolder.has(folder) || same(record, now)) continue;
      this.sweepsByFolder.set(folder, { folder, record: now });
      changed.push(folder);
    }
    for (const run of this.active) {
      const now = await readRun(run.folder).catch(() => undefined);
      if (!now) return this.refresh();
      if (!this.byFolder.has(run.folder) || same(run, now)) continue;
      this.byFolder.set(run.folder, now);
      changed.push(run.folder);
    }
    if (changed.length > 0 && !this.disposed) this.changed.fire(changed);
    this.schedule();
  }
}

function watcherOf(folder: string, pattern: string): vscode.FileSystemWatcher {
  return vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), pattern));
}

export function isActive(run: RunSummary): boolean {
  return run.record !== undefined && isActiveRecord(run.record);
}

export function isSweeping({ record }: Sweep): boolean {
  return record.state === 'running';
}

/** The scheme that the run was started from; it may have changed or gone since. */
export function schemePathOf(run: RunSummary): string {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  return workspacePath(path.resolve(run.folder, run.record?.scheme.path ?? 'scheme.json'), folders);
}

function samePath(a: string, b: string): boolean {
  return path.relative(a, b) === '';
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function newestFirst(a: RunSummary, b: RunSummary): number {
  if ((a.record === undefined) !== (b.record === undefined)) return a.record ? -1 : 1;
  const [left, right] = [a.record?.id ?? a.name, b.record?.id ?? b.name];
  return left < right ? 1 : left > right ? -1 : 0;
}
