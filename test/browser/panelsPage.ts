import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Message } from '../../core/protocol/rpc';
import { installChromium } from '../support/chromium.mjs';
import { projectRoot } from '../support/projectRoot';
import { type ThemeName, themeVariables } from './panelsThemes';

export interface PanelOptions {
  readonly theme?: ThemeName;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Answers by method; a thrown error becomes an error reply. */
  readonly answers: Readonly<Record<string, (params: never) => unknown>>;
  readonly messages?: Readonly<Record<string, string>>;
  /** What the page kept the last time. */
  readonly state?: unknown;
}

/** A panel's page outside VS Code: its built bundle under the host's security policy, with a host that the test plays. */
export class PanelPage {
  /** Every request of the page, in order. */
  readonly requests: { method: string; params: unknown }[] = [];
  /** Errors of the page, refusals of its security policy among them. */
  readonly errors: string[] = [];
  private kept: unknown;

  private constructor(readonly page: Page) {}

  static async open(
    browser: Browser,
    panel: 'experiments' | 'match' | 'onnx',
    options: PanelOptions,
  ): Promise<PanelPage> {
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1200, height: 800 }, locale: 'en-US' });
    page.setDefaultTimeout(mostMilliseconds);
    const opened = new PanelPage(page);
    page.on('pageerror', (error) => opened.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') opened.errors.push(message.text());
    });
    opened.kept = options.state;
    await opened.playHost(options);
    await page.route(`${origin}/**`, (route) =>
      route.fulfill(resource(new URL(route.request().url()).pathname, panel, options)),
    );
    await page.goto(`${origin}/`);
    return opened;
  }

  /** What the page kept last. */
  get state(): unknown {
    return this.kept;
  }

  /** Tells the page an event. */
  async tell(event: string, payload: unknown): Promise<void> {
    const message: Message = { kind: 'event', event, payload };
    await post(this.page, message);
  }

  asked(method: string): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  async setTheme(theme: ThemeName): Promise<void> {
    await this.page.evaluate(
      ([variables, kind]) => {
        document.documentElement.setAttribute('style', variables);
        document.body.className = kind;
      },
      [themeStyle(theme), themeClass(theme)] as const,
    );
  }

  private async playHost({ answers }: PanelOptions): Promise<void> {
    const { page } = this;
    await page.exposeFunction('hostReceives', async (message: Message) => {
      if (message.kind !== 'request') return;
      this.requests.push({ method: message.method, params: message.params });
      const reply = await this.answer(message, answers[message.method]);
      await post(page, reply).catch(() => undefined);
    });
    await page.exposeFunction('hostKeeps', (state: unknown) => {
      this.kept = state;
    });
  }

  private async answer(
    { id, method, params }: Extract<Message, { kind: 'request' }>,
    answer: ((params: never) => unknown) | undefined,
  ): Promise<Message> {
    try {
      if (!answer) throw new Error(`No answer to ${method}`);
      return { kind: 'reply', id, result: await answer(params as never) };
    } catch (error) {
      return { kind: 'error', id, message: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** As text: playwright takes many seconds over a large object. */
function post(page: Page, message: Message): Promise<void> {
  return page.evaluate((text) => window.postMessage(JSON.parse(text)), JSON.stringify(message));
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await installChromium(), args: ['--force-color-profile=srgb'] });
}

/** For what is waited for, on a slow and busy machine. */
const mostMilliseconds = 90_000;
const origin = 'http://panel.test';
const nonce = 'nonce-of-the-test';

function resource(name: string, panel: string, options: PanelOptions): { body: string; contentType: string } {
  if (name === '/') return { body: pageHtml(panel, options), contentType: 'text/html; charset=utf-8' };
  const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
  const file = path.join(projectRoot, 'dist/webviews', path.basename(name));
  return { body: readFileSync(file, 'utf8'), contentType: `${contentType}; charset=utf-8` };
}

/** The page as VS Code and our host make it: its variables and classes, our policy. */
function pageHtml(panel: string, { theme = 'dark', messages = {}, state }: PanelOptions): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${origin} 'nonce-${nonce}'; img-src ${origin} data:; font-src ${origin}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta property="csp-nonce" content="${nonce}">
<link rel="stylesheet" href="/${panel}.css">
</head>
<body class="${themeClass(theme)}">
<div id="app"></div>
<script type="application/json" id="messages">${JSON.stringify(messages).replace(/</g, '\\u003c')}</script>
<script nonce="${nonce}">
document.documentElement.setAttribute('style', ${JSON.stringify(themeStyle(theme))});
document.head.insertAdjacentHTML('beforeend', ${JSON.stringify(`<meta http-equiv="Content-Security-Policy" content="${policy}">`)});
let kept = ${JSON.stringify(state ?? null)};
globalThis.acquireVsCodeApi = () => ({
  postMessage: (message) => hostReceives(message),
  getState: () => kept,
  setState: (state) => { kept = state; hostKeeps(state); },
});
</script>
<script nonce="${nonce}" src="/${panel}.js"></script>
</body>
</html>`;
}

function themeStyle(theme: ThemeName): string {
  return Object.entries(themeVariables[theme])
    .map(([name, value]) => `--vscode-${name}: ${value}`)
    .join('; ');
}

function themeClass(theme: ThemeName): string {
  return { dark: 'vscode-dark', light: 'vscode-light', contrast: 'vscode-high-contrast' }[theme];
}
