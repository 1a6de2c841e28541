import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { MatchReport } from '../../core/match/report';
import type { MatchEvents, MatchRequests } from '../../core/protocol/match';
import type { Handlers } from '../../core/protocol/rpc';
import { errorMessage } from '../../engine/errors';
import type { LanguageServer } from '../languageServer';
import { PanelHost, restorePanels } from './host';
import { revealInScheme } from './revealInScheme';
import { watchFiles } from './watchFiles';

/** Absolute paths of what is held against each other; each a scheme or an ONNX file. */
export interface MatchTarget {
  readonly intended: string;
  readonly exported: string;
}

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
    if (!existing) return this.create(target).report();
    existing.reveal();
    return existing.matchAgain();
  }

  dispose(): void {
    this.serializer.dispose();
  }

  private create(target: MatchTarget, restored?: vscode.WebviewPanel): MatchPanel {
    const panel = new MatchPanel(this.extension, this.server, target, restored);
    this.open.set(keyOf(target), panel);
    panel.onDidDispose(() => this.open.delete(keyOf(target)));
    return panel;
  }
}

class MatchPanel {
  private readonly host: PanelHost<MatchRequests, MatchEvents>;
  private current: Promise<MatchReport> | undefined;
  private watching: vscode.Disposable | undefined;

  constructor(
    extension: vscode.Uri,
    private readonly server: LanguageServer,
    private readonly target: MatchTarget,
    restored?: vscode.WebviewPanel,
  ) {
    const title = t('Match: {0}', shortName(target.exported));
    const content = { title, state: target, handlers: this.handlers() };
    this.host = new PanelHost<MatchRequests, MatchEvents>(extension, 'match', content, restored);
    this.host.own({ dispose: () => this.watching?.dispose() });
  }

  get onDidDispose(): vscode.Event<void> {
    return this.host.onDidDispose;
  }

  reveal(): void {
    this.host.reveal();
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

  private match(): Promise<MatchReport> {
    const { isTrusted } = vscode.workspace;
    return this.server.request('matchdown/match', { ...this.target, numeric: isTrusted, publish: true });
  }

  private handlers(): Handlers<MatchRequests> {
    return {
      'report/read': ({ again }) => {
        if (again) this.current = undefined;
        return this.report();
      },
      'report/watch': ({ on }) => {
        this.watching?.dispose();
        this.watching = on
          ? watchFiles([this.target.intended, this.target.exported], () => this.matchAgain())
          : undefined;
        return null;
      },
      'scheme/reveal': async ({ path: place }) => {
        await revealInScheme(this.target.intended, place);
        return null;
      },
      'file/open': async ({ side }) => {
        await openSide(this.target[side]);
        return null;
      },
    };
  }
}

/** A scheme is opened beside the panel; a model, which no editor shows, is shown where it lies. */
async function openSide(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  if (path.extname(file) !== '.onnx') return revealInScheme(file, []);
  const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
}

/** The model of a run is called like the run: by the last four digits of its id. */
function shortName(file: string): string {
  const run = /^\d{8}-\d{6}-([0-9a-f]{4})$/.exec(path.basename(path.dirname(file)));
  return run?.[1] ?? path.basename(file);
}

function keyOf({ intended, exported }: MatchTarget): string {
  return JSON.stringify([intended, exported]);
}

function isTarget(state: unknown): state is MatchTarget {
  if (typeof state !== 'object' || state === null) return false;
  const { intended, exported } = state as Partial<MatchTarget>;
  return typeof intended === 'string' && typeof exported === 'string';
}
