import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import type { RunRecord } from '../../core/runs/record';
import { stateName } from '../../core/runs/states';
import { errorMessage } from '../../engine/errors';
import { type Place, placesIn } from './outputPlaces';
import { runDescription, runLabel } from './presentation';
import { isActive, schemePathOf, type WorkspaceRuns } from './workspaceRuns';

/**
 * What runs wrote, and write, in terminals of their own: a terminal shows the colours and the progress lines of any program.
 * Files that are named there with a line open in the editor.
 */
export class LogTerminals implements vscode.Disposable {
  private readonly open = new Map<string, vscode.Terminal>();
  private readonly folders = new Map<vscode.Terminal, readonly string[]>();
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(private readonly runs: WorkspaceRuns) {
    this.subscriptions = [
      vscode.window.onDidCloseTerminal((terminal) => this.forget(terminal)),
      vscode.window.registerTerminalLinkProvider(this.linkProvider()),
    ];
  }

  show(run: RunSummary): void {
    (this.open.get(run.folder) ?? this.create(run)).show();
  }

  dispose(): void {
    for (const terminal of this.open.values()) terminal.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private linkProvider(): vscode.TerminalLinkProvider<FileLink> {
    return {
      provideTerminalLinks: ({ line, terminal }) => this.linksIn(line, terminal),
      handleTerminalLink: openLink,
    };
  }

  private create(run: RunSummary): vscode.Terminal {
    const pty = new LogPseudoterminal(run, this.runs);
    const iconPath = new vscode.ThemeIcon('output');
    const terminal = vscode.window.createTerminal({ name: t('Run {0}', runLabel(run)), pty, iconPath });
    this.open.set(run.folder, terminal);
    this.folders.set(terminal, [path.dirname(schemePathOf(run)), run.folder]);
    return terminal;
  }

  private forget(terminal: vscode.Terminal): void {
    this.folders.delete(terminal);
    for (const [folder, known] of this.open) if (known === terminal) this.open.delete(folder);
  }

  private async linksIn(line: string, terminal: vscode.Terminal): Promise<FileLink[]> {
    const folders = this.folders.get(terminal);
    if (!folders) return [];
    const links = await Promise.all(placesIn(line).map((place) => resolve(place, folders)));
    return links.filter((link) => link !== undefined);
  }
}

interface FileLink extends vscode.TerminalLink {
  readonly uri: vscode.Uri;
  readonly selection?: vscode.Range;
}

async function resolve(place: Place, folders: readonly string[]): Promise<FileLink | undefined> {
  const { startIndex, length, file, line, column = 1 } = place;
  for (const folder of folders) {
    const uri = vscode.Uri.file(path.resolve(folder, file));
    const found = await vscode.workspace.fs.stat(uri).then(
      ({ type }) => type === vscode.FileType.File,
      () => false,
    );
    if (!found) continue;
    const position = line === undefined ? undefined : new vscode.Position(line - 1, column - 1);
    return {
      startIndex,
      length,
      uri,
      tooltip: t('Open'),
      ...(position && { selection: new vscode.Range(position, position) }),
    };
  }
  return undefined;
}

async function openLink({ uri, selection }: FileLink): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', uri, selection && { selection });
}

/** Follows output.log as long as the run goes on, and again when it is resumed; Ctrl+C stops the run. */
class LogPseudoterminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closing = new AbortController();
  private readonly subscription: vscode.Disposable;
  private isFollowing = false;
  /** Characters of output.log that are shown. */
  private shown = 0;
  /** States that the run had gone through when it ended: what has gone through more was resumed. */
  private ended = 0;

  readonly onDidWrite = this.written.event;

  constructor(
    private readonly run: RunSummary,
    runs: WorkspaceRuns,
  ) {
    this.subscription = runs.onDidChange(() => {
      const now = runs.find(run.folder);
      const isResumed = (now?.record?.history.length ?? 0) > this.ended;
      if (now && isActive(now) && isResumed) this.follow();
    });
  }

  open(): void {
    this.say(`${runLabel(this.run)} · ${runDescription(this.run)} · ${this.run.folder}`);
    this.follow();
  }

  close(): void {
    this.closing.abort();
    this.subscription.dispose();
    this.written.dispose();
  }

  handleInput(data: string): void {
    const ctrlC = '\u0003';
    if (data === ctrlC) void vscode.commands.executeCommand('matchdown.stopRun', this.run.folder);
  }

  private follow(): void {
    if (this.isFollowing) return;
    this.isFollowing = true;
    void this.followToEnd()
      .catch((error: unknown) => this.say(errorMessage(error)))
      .finally(() => {
        this.isFollowing = false;
      });
  }

  /** The log is read from its beginning each time: what is shown already is left out. */
  private async followToEnd(): Promise<void> {
    const { followRun } = await import('../later/runs');
    let read = 0;
    const { signal } = this.closing;
    const record = await followRun(
      this.run.folder,
      (event) => {
        if (event.kind !== 'output') return;
        const fresh = event.text.slice(Math.max(0, this.shown - read));
        read += event.text.length;
        this.shown = Math.max(this.shown, read);
        this.written.fire(fresh.replace(/\r?\n/g, '\r\n'));
      },
      signal,
    );
    this.ended = record.history.length;
    if (!signal.aborted) this.say(endText(record));
  }

  /** Words of ours, told apart from the program's by being dim. */
  private say(text: string): void {
    this.written.fire(`\u001b[2m${text.replace(/\p{Cc}/gu, ' ')}\u001b[22m\r\n`);
  }
}

function endText({ state, error }: RunRecord): string {
  return [t('State: {0}.', stateName(state)), error].filter(Boolean).join(' ');
}
