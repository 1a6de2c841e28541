import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface Page {
  /** Name of the bundle in `dist/webviews`. */
  readonly panel: string;
  readonly title: string;
  /** Kept by the editor with the panel and given back when the window was reloaded. */
  readonly state: unknown;
}

/**
 * The document of a panel. Scripts run by nonce only, styles and pictures come from the extension, nothing from elsewhere; the
 * library of the controls takes the nonce from the page.
 * Beside the page's own script stand two things of the host: the translations, as data, and the host's part of the panel's
 * state, which is kept beside the page's own part.
 */
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri, page: Page): string {
  const nonce = randomBytes(16).toString('base64');
  const resource = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewFolder(extension), name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" href="${resource(`${page.panel}.css`)}">
</head>
<body>
<div id="app"></div>
<script type="application/json" id="messages">${jsonForScript(vscode.l10n.bundle ?? {})}</script>
<script nonce="${nonce}">${stateScript(page.state)}</script>
<script nonce="${nonce}" src="${resource(`${page.panel}.js`)}"></script>
</body>
</html>`;
}

/** Where a page may load from: its bundles, nothing else of the extension or the workspace. */
export function webviewFolder(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webviews');
}

/** The editor keeps one state per panel: ours is its `host`, the page's is its `page`. */
function stateScript(state: unknown): string {
  return `{
  const api = acquireVsCodeApi();
  const host = ${jsonForScript(state)};
  const page = () => api.getState()?.page;
  api.setState({ host, page: page() });
  const own = {
    postMessage: (message, transfer) => api.postMessage(message, transfer),
    getState: page,
    setState: (state) => { api.setState({ host, page: state }); return state; },
  };
  globalThis.acquireVsCodeApi = () => own;
}`;
}

/** JSON that no script element can be ended by. */
function jsonForScript(value: unknown): string {
  return JSON.stringify(value ?? null).replace(/</g, '\\u003c');
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}
