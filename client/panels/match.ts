import path from 'node:path';
import * as vscode from 'vscode';
import type { MatchReport } from '../../core/match/report';
import type { Direction, MatchEvents, MatchRequests, SideName } from '../../core/protocol/match';
import type { SourceLine } from '../../core/protocol/onnx';
import type { Handlers } from '../../core/protocol/rpc';
import { errorMessage } from '../../engine/errors';
import type { LanguageServer } from '../languageServer';
import { closeTabsOf, PanelHost, restorePanels } from './host';
import { type MatchTarget, titlesOf } from './matchTitles';
import { openPythonLine } from './pythonLine';
import { revealInScheme } from './revealInScheme';
import { SchemeFixes } from './schemeFixes';
import { watchFiles } from './watchFiles';

/** The Match panels, one for each pair of files. */
export class MatchPanels implements vscode.Disposable {
  private readonly open = new Map<string, MatchPanel>();
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: LanguageServer,
  ) {
    this.serializer = restorePanels('match', (panel, state) => {
      if (isTarget(state)) this.create(state, panel);
      else panel.dispose();
    });
  }

  /** Opens or reveals the panel; its report is made anew unless it has just been opened. */
  show(target: MatchTarget): Promise<MatchReport> {
    const existing = this.open.get(keyOf(target));
    if (!existing) return this.createOnce(target).report();
    existing.reveal();
    return existing.matchAgain();
  }

  /** In the panel that has the focus. */
  goToDifference(direction: Direction): void {
    for (const panel of this.open.values()) if (panel.isActive) panel.goToDifference(direction);
  }

  dispose(): void {
    this.serializer.dispose();
  }

  /** After a reload the editor keeps a panel's tab, and makes the panel when the tab is shown: this one takes its place. */
  private createOnce(target: MatchTarget): MatchPanel {
    const title = titlesOf([target])[0]!;
    const isShared = [...this.open.values()].some((panel) => titlesOf([panel.target])[0] === title);
    if (!isShared) closeTabsOf('match', title);
    return this.create(target);
  }

  private create(target: MatchTarget, restored?: vscode.WebviewPanel): MatchPanel {
    const panel = new MatchPanel(this.extension, this.server, target, restored);
    this.open.set(keyOf(target), panel);
    this.retitle();
    panel.onDidDispose(() => {
      this.open.delete(keyOf(target));
      this.retitle();
    });
    return panel;
  }

  /** Tabs say as much as tells them apart. */
  private retitle(): void {
    const panels = [...this.open.values()];
    for (const [at, title] of titlesOf(panels.map(({ target }) => target)).entries()) panels[at]!.title = title;
  }
}

class MatchPanel {
  private readonly host: PanelHost<MatchRequests, MatchEvents>;
  private readonly fixes: SchemeFixes;
  private current: Promise<MatchReport> | undefined;
  /** The last one that could be made. */
  private made: MatchReport | undefined;
  /** Nobody waits for the proof of a panel that is closed. */
  private readonly matching = new vscode.CancellationTokenSource();
  private watching: vscode.Disposable | undefined;
  /** Of the nodes that were asked for last: nobody waits for the figures of others. */
  private readonly reading = {
    intended: new vscode.CancellationTokenSource(),
    exported: new vscode.CancellationTokenSource(),
  };

  constructor(
    extension: vscode.Uri,
    private readonly server: LanguageServer,
    readonly target: MatchTarget,
    restored?: vscode.WebviewPanel,
  ) {
    this.fixes = new SchemeFixes(server, target.intended);
    const content = { title: titlesOf([target])[0]!, state: target, handlers: this.handlers() };
    this.host = new PanelHost<MatchRequests, MatchEvents>(extension, 'match', content, restored);
    this.host.own({ dispose: () => this.watching?.dispose() });
    this.host.own({ dispose: () => vscode.Disposable.from(...Object.values(this.reading)).dispose() });
    this.host.own({ dispose: () => this.matching.cancel() });
  }

  get onDidDispose(): vscode.Event<void> {
    return this.host.onDidDispose;
  }

  set title(title: string) {
    this.host.title = title;
  }

  get isActive(): boolean {
    return this.host.isActive;
  }

  reveal(): void {
    this.host.reveal();
  }

  goToDifference(direction: Direction): void {
    this.host.send('difference/go', { direction });
  }

  report(): Promise<MatchReport> {
    this.current ??= this.match();
    return this.current;
  }

  /** Matches again and tells the page how it went. */
  async matchAgain(): Promise<MatchReport> {
    this.host.send('report/started', {});
    this.current = this.match();
    try {
      const report = await this.current;
      this.host.send('report/changed', report);
      return report;
    } catch (error) {
      this.host.send('report/failed', { message: errorMessage(error) });
      throw error;
    }
  }

  private async match(): Promise<MatchReport> {
    const { isTrusted } = vscode.workspace;
    const question = { ...this.target, numeric: isTrusted, publish: true };
    this.made = await this.server.request('matchdown/match', question, this.matching.token);
    return this.made;
  }

  /** A page that comes back while the files cannot be matched gets the report that it had, and then why there is no newer one. */
  private async read(again: boolean): Promise<MatchReport> {
    if (again) this.current = undefined;
    try {
      return await this.report();
    } catch (error) {
      if (!this.made) throw error;
      setTimeout(() => this.host.send('report/failed', { message: errorMessage(error) }));
      return this.made;
    }
  }

  private handlers(): Handlers<MatchRequests> {
    return { ...this.reportHandlers(), ...this.fixHandlers(), ...this.modelHandlers() };
  }

  private reportHandlers() {
    return {
      'report/read': ({ again }: { again: boolean }) => this.read(again),
      'report/watch': ({ on }: { on: boolean }) => {
        this.watching?.dispose();
        const files = [this.target.intended, this.target.exported];
        this.watching = on ? watchFiles(files, () => this.matchAgain()) : undefined;
        return null;
      },
      'scheme/reveal': ({ path: place }: { path: readonly (string | number)[] }) =>
        done(revealInScheme(this.target.intended, place)),
      'file/open': ({ side }: { side: SideName }) => done(openSide(this.target[side])),
      'source/open': (line: SourceLine) => done(openPythonLine(line)),
    };
  }

  private fixHandlers() {
    const matched = (change: Promise<void>) => done(change.then(() => this.matchAgain()));
    return {
      'fixes/read': () => this.fixes.titles(),
      'fix/apply': ({ layer, message }: { layer: string; message: string }) =>
        matched(this.fixes.apply(layer, message)),
      'fix/undo': () => matched(this.fixes.undo()),
    };
  }

  private modelHandlers(): Pick<Handlers<MatchRequests>, 'model/read' | 'graph/read' | 'node/read' | 'tensor/read'> {
    const about = <Q extends { side: SideName }>({ side, ...question }: Q) => ({
      file: this.target[side],
      graph: 'inlined',
      ...question,
    });
    return {
      'model/read': ({ side }) => this.server.request('matchdown/model/read', { file: this.target[side] }),
      'graph/read': (question) => this.server.request('matchdown/model/graph', about(question)),
      'node/read': (question) => {
        this.reading[question.side].cancel();
        this.reading[question.side] = new vscode.CancellationTokenSource();
        return this.server.request('matchdown/model/node', about(question));
      },
      'tensor/read': (question) =>
        this.server.request('matchdown/model/tensor', about(question), this.reading[question.side].token),
    };
  }
}

async function done(action: PromiseLike<unknown>): Promise<null> {
  await action;
  return null;
}

/** A scheme is opened beside the panel, a model in the editor for models. */
async function openSide(file: string): Promise<void> {
  if (path.extname(file).toLowerCase() !== '.onnx') return revealInScheme(file, []);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), vscode.ViewColumn.Beside);
}

function keyOf({ intended, exported }: MatchTarget): string {
  return JSON.stringify([intended, exported]);
}

function isTarget(state: unknown): state is MatchTarget {
  if (typeof state !== 'object' || state === null) return false;
  const { intended, exported } = state as Partial<MatchTarget>;
  return typeof intended === 'string' && typeof exported === 'string';
}
