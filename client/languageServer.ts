import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { t } from '../core/l10n';
import type { Params, Result } from '../core/protocol/rpc';
import type { InitializationOptions, ServerNotifications, ServerRequests } from '../core/protocol/server';
import { schemeLanguage } from './schemes';

/**
 * The language server's process. It is started by the first scheme that is opened or the first question that is asked, so
 * that a window without schemes pays nothing for it.
 */
export class LanguageServer implements vscode.Disposable {
  private client: Promise<LanguageClient> | undefined;
  private readonly runsChanged = new vscode.EventEmitter<ServerNotifications['matchdown/runs/changed']>();
  private readonly subscriptions: vscode.Disposable[];

  /** Told by the server: folders of runs whose record or logs changed. */
  readonly onRunsChanged = this.runsChanged.event;

  constructor(private readonly extension: vscode.Uri) {
    this.subscriptions = [this.runsChanged, vscode.workspace.onDidGrantWorkspaceTrust(() => this.restart())];
  }

  /** Starts the server unless it runs. A failed start is tried again by the next call. */
  start(): Promise<LanguageClient> {
    this.client ??= this.launch().catch((error) => {
      this.client = undefined;
      throw error;
    });
    return this.client;
  }

  /** Asks one of the server's own questions; a wrong input rejects with a message that can be shown as it is. */
  async request<K extends keyof ServerRequests & string>(
    method: K,
    params: Params<ServerRequests, K>,
    token?: vscode.CancellationToken,
  ): Promise<Result<ServerRequests, K>> {
    const client = await this.start();
    // A token that is not there would be taken for one more parameter.
    return token ? client.sendRequest(method, params, token) : client.sendRequest(method, params);
  }

  /** Shows what the server logged. */
  async showLog(): Promise<void> {
    (await this.start()).outputChannel.show();
  }

  async stop(): Promise<void> {
    const running = this.client;
    this.client = undefined;
    await running?.then(
      (client) => client.dispose(),
      () => undefined,
    );
  }

  dispose(): Promise<void> {
    for (const subscription of this.subscriptions) subscription.dispose();
    return this.stop();
  }

  /** The server is told about trust when it starts. */
  private async restart(): Promise<void> {
    if (!this.client) return;
    await this.stop();
    await this.start();
  }

  private async launch(): Promise<LanguageClient> {
    const { LanguageClient, TransportKind } = await import('./later/languageClient');
    const module = vscode.Uri.joinPath(this.extension, 'dist', 'server.js').fsPath;
    const initializationOptions: InitializationOptions = {
      messages: vscode.l10n.bundle ?? {},
      trusted: vscode.workspace.isTrusted,
      commands: true,
    };
    const client = new LanguageClient(
      'matchdown',
      t('Match Down'),
      {
        run: { module, transport: TransportKind.ipc },
        debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
      },
      {
        documentSelector: [{ language: schemeLanguage }],
        initializationOptions,
      },
    );
    client.onNotification('matchdown/runs/changed', (params) => this.runsChanged.fire(params));
    await client.start();
    return client;
  }
}
