import * as vscode from 'vscode';
import { t } from '../../core/l10n';
import type { ExperimentsEvents, ExperimentsRequests } from '../../core/protocol/experiments';
import type { Handlers } from '../../core/protocol/rpc';
import type { LanguageServer } from '../languageServer';
import type { WorkspaceRuns } from '../runs/workspaceRuns';
import { closeTabsOf, PanelHost, restorePanels } from './host';

type ExperimentsHost = PanelHost<ExperimentsRequests, ExperimentsEvents>;

/** The one Experiments panel: runs are read by the server, commands are the palette's. */
export class ExperimentsPanel implements vscode.Disposable {
  private open: ExperimentsHost | undefined;
  /** Asked for by a page that is only being loaded. */
  private toCompare: readonly string[] | undefined;
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: LanguageServer,
    private readonly runs: WorkspaceRuns,
  ) {
    this.serializer = restorePanels('experiments', (panel) => this.create(panel));
  }

  /** @param folders runs whose curves are to be shown, and no others */
  show(folders?: readonly string[]): void {
    this.toCompare = folders;
    if (this.open) {
      this.open.reveal();
      if (folders) this.open.send('runs/compare', { folders });
    } else {
      // After a reload the editor keeps a panel's tab, and makes the panel when the tab is shown.
      closeTabsOf('experiments');
      this.create();
    }
  }

  dispose(): void {
    this.serializer.dispose();
  }

  private create(restored?: vscode.WebviewPanel): void {
    const content = { title: t('Experiments'), state: {}, handlers: this.handlers() };
    const host: ExperimentsHost = new PanelHost(this.extension, 'experiments', content, restored);
    host.own(this.runs.onDidChange((folders) => host.send('runs/changed', { folders })));
    host.own(this.server.onRunsChanged((change) => host.send('runs/changed', change)));
    host.onDidDispose(() => {
      if (this.open === host) this.open = undefined;
    });
    this.open = host;
  }

  private handlers(): Handlers<ExperimentsRequests> {
    const run = async (command: string, ...folders: string[]) => {
      await vscode.commands.executeCommand(command, ...folders);
      return null;
    };
    return {
      'runs/list': ({ folders = this.runs.folders }) => this.server.request('matchdown/runs/list', { folders }),
      'sweeps/list': () => this.runs.sweeps.map(({ record }) => record),
      'runs/toCompare': () => {
        const folders = this.toCompare ?? [];
        this.toCompare = undefined;
        return { folders };
      },
      'series/read': (query) => this.server.request('matchdown/series/read', query),
      'run/openFolder': ({ folder }) => run('matchdown.openRunFolder', folder),
      'run/stop': ({ folder }) => run('matchdown.stopRun', folder),
      'run/log': ({ folder }) => run('matchdown.revealLog', folder),
      'run/resume': ({ folder }) => run('matchdown.resumeRun', folder),
      'run/clone': ({ folder }) => run('matchdown.cloneRun', folder),
      'run/match': ({ folder }) => run('matchdown.openMatch', folder),
      'run/note': ({ folders }) => run('matchdown.writeNote', ...folders),
      'scheme/run': () => run('matchdown.runScheme'),
    };
  }
}
