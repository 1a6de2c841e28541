import * as vscode from 'vscode';
import type { Handlers } from '../../core/protocol/rpc';
import { pageHtml, webviewFolder } from './page';
import { sendEvent, serveRequests } from './rpc';

/** `matchdown.<panel>` is the editor's type of the panel, `dist/webviews/<panel>.js` its page, `client/media/<panel>-*.svg` its icon. */
export type PanelName = 'experiments' | 'match';

export interface PanelContent<Requests> {
  readonly title: string;
  /** JSON that the panel can be made anew from after the window was reloaded. */
  readonly state: unknown;
  readonly handlers: Handlers<Requests>;
}

/** A panel in the editor area and its page: requests are answered by handlers, events are sent. */
export class PanelHost<Requests, Events> {
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly panel: vscode.WebviewPanel;
  readonly onDidDispose: vscode.Event<void>;

  /** @param restored a panel that the editor kept over a reload */
  constructor(extension: vscode.Uri, name: PanelName, content: PanelContent<Requests>, restored?: vscode.WebviewPanel) {
    const { title, state, handlers } = content;
    const options = { enableScripts: true, localResourceRoots: [webviewFolder(extension)] };
    this.panel = restored ?? vscode.window.createWebviewPanel(viewType(name), title, vscode.ViewColumn.Active);
    this.panel.webview.options = options;
    this.panel.title = title;
    this.panel.iconPath = { light: icon(extension, name, 'light'), dark: icon(extension, name, 'dark') };
    this.onDidDispose = this.panel.onDidDispose;
    this.own(serveRequests(this.panel.webview, handlers));
    this.panel.onDidDispose(() => vscode.Disposable.from(...this.subscriptions).dispose());
    this.panel.webview.html = pageHtml(this.panel.webview, extension, { panel: name, title, state });
  }

  /** Ends together with the panel. */
  own(subscription: vscode.Disposable): void {
    this.subscriptions.push(subscription);
  }

  send<K extends keyof Events & string>(event: K, payload: Events[K]): void {
    sendEvent<Events, K>(this.panel.webview, event, payload);
  }

  set title(title: string) {
    if (this.panel.title !== title) this.panel.title = title;
  }

  /** Whether the panel has the focus. */
  get isActive(): boolean {
    return this.panel.active;
  }

  reveal(): void {
    this.panel.reveal();
  }
}

/** Lets the editor bring panels back after the window was reloaded; `restore` gets the state they were made with. */
export function restorePanels(
  name: PanelName,
  restore: (panel: vscode.WebviewPanel, state: unknown) => void,
): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(viewType(name), {
    async deserializeWebviewPanel(panel, state: unknown) {
      restore(panel, hostPart(state));
    },
  });
}

/**
 * Closes the tabs of panels of this name, also of those that are not there again after a reload.
 *
 * @param title only those that are called so
 */
export function closeTabsOf(name: PanelName, title?: string): void {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  // The editor puts `mainThreadWebview-` in front of the type.
  const isOfPanel = ({ input, label }: vscode.Tab) =>
    input instanceof vscode.TabInputWebview &&
    input.viewType.endsWith(viewType(name)) &&
    (title === undefined || label === title);
  void vscode.window.tabGroups.close(tabs.filter(isOfPanel));
}

function viewType(name: PanelName): string {
  return `matchdown.${name}`;
}

function icon(extension: vscode.Uri, name: PanelName, theme: 'light' | 'dark'): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'client', 'media', `${name}-${theme}.svg`);
}

function hostPart(state: unknown): unknown {
  return typeof state === 'object' && state !== null && 'host' in state ? state.host : undefined;
}
