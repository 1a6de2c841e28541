import { setMessages, t } from '../../core/l10n';
import { element } from './dom';

/**
 * What a panel's page must contain; the host makes it:
 *
 * - `<meta property="csp-nonce" content="...">`: for the one style element that the controls' library tries the browser with
 * - `<link rel="stylesheet" href=".../dist/webviews/<panel>.css">`
 * - `<div id="app"></div>`
 * - `<script type="application/json" id="messages">`: the translations, `{}` for English (a `<` written as `\u003c`)
 * - `<html lang="...">`: the editor's language, for numbers and dates
 * - last, `<script nonce="..." src=".../dist/webviews/<panel>.js">`
 *
 * The page gets by with `default-src 'none'; script-src 'nonce-...'; style-src <webview> 'nonce-...'`: no inline styles, no fonts,
 * no pictures, no connections. It talks to its host through `acquireVsCodeApi` alone.
 */
export function startPage(build: (app: HTMLElement) => void): void {
  const app = document.getElementById('app');
  if (!app) throw new Error('The page has no element "app".');
  setMessages(JSON.parse(document.getElementById('messages')?.textContent || '{}') as Record<string, string>);
  window.addEventListener('error', ({ message }) => showCrash(app, message));
  window.addEventListener('unhandledrejection', ({ reason }) => showCrash(app, messageOf(reason)));
  document.addEventListener('keydown', (event) => giveToTable(app, event));
  build(app);
}

/** A page that was just opened has its focus nowhere: keys that move go to its table, which has the focus from then on. */
function giveToTable(app: HTMLElement, event: KeyboardEvent): void {
  if (event.target !== document.body || !movingKeys.has(event.key)) return;
  const tables = app.querySelectorAll<HTMLElement>('[role="grid"], [role="treegrid"]');
  const table = [...tables].find((each) => each.offsetParent !== null);
  if (!table) return;
  event.preventDefault();
  table.focus();
  table.dispatchEvent(new KeyboardEvent('keydown', { key: event.key }));
}

const movingKeys = new Set(['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp']);

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An exception that nobody expected is a bug of ours; the page says so instead of standing still. */
function showCrash(app: HTMLElement, message: string): void {
  if (app.querySelector('.crash')) return;
  app.prepend(
    element('div', { class: 'banner crash', role: 'alert' }, t('Something in this panel went wrong: {0}', message)),
  );
}
