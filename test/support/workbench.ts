import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { installChromium } from './chromium.mjs';
import { installVsCode } from './installVsCode.mjs';
import { killLeftovers } from './leftovers.mjs';
import { projectRoot } from './projectRoot';
import { sampleWorkspace } from './sampleWorkspace.mjs';
import { temporaryFolder } from './temporaryFolder.mjs';
import { installExtension, startVsCode } from './vscodeHost.mjs';

export interface WorkbenchOptions {
  /** Folder of the extension to link, or a packaged `.vsix` to install. */
  extension: string;
  /** VS Code's settings of this user. */
  settings?: Record<string, unknown>;
  viewport?: { width: number; height: number };
  /** Opens the folder without trust, as a folder that came from somewhere. */
  untrusted?: boolean;
}

/** Nothing moves, and the theme follows the browser's. */
const settingsOfTests = {
  'workbench.reduceMotion': 'on',
  'window.autoDetectColorScheme': true,
  'git.enabled': false,
};

/** For what is waited for, on a slow and busy machine. */
const mostMilliseconds = 90_000;

/** Where screenshots of the tests go; git ignores it. */
const screenshots = path.join(projectRoot, 'out/screenshots');

/**
 * The real workbench in a real browser, with the extension installed and a copy of the sample workspace open. What a person
 * does is one method each; everything that is waited for is waited for by what a person would see.
 */
export class Workbench {
  private constructor(
    readonly page: Page,
    readonly workspace: string,
    private readonly browser: Browser,
    private readonly host: Awaited<ReturnType<typeof startVsCode>>,
  ) {}

  static async open({
    extension,
    settings,
    viewport = { width: 1280, height: 800 },
    untrusted = false,
  }: WorkbenchOptions) {
    const folder = temporaryFolder();
    const packaged = extension.endsWith('.vsix');
    const options = {
      vscode: await installVsCode(console.log),
      dataFolder: path.join(folder, 'data'),
      isolated: true,
      trust: untrusted,
      settings: {
        ...settingsOfTests,
        ...(untrusted && { 'security.workspace.trust.startupPrompt': 'never' }),
        ...settings,
      },
      ...(!packaged && { extension }),
    };
    if (packaged) await installExtension(options, extension);
    const host = await startVsCode(options);
    const browser = await chromium.launch({
      executablePath: await installChromium(console.log),
      env: { ...process.env, HOME: folder },
    });
    const page = await browser.newPage({ viewport, locale: 'en-US' });
    page.setDefaultTimeout(mostMilliseconds);
    const workspace = await sampleWorkspace(folder);
    await page.goto(host.url(workspace));
    const workbench = new Workbench(page, workspace, browser, host);
    await workbench.explorerRows.first().waitFor();
    return workbench;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.host.stop();
    // A run outlives its editor.
    killLeftovers(this.workspace);
  }

  get explorerRows(): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row');
  }

  /** The text editor that has the focus. */
  get editor(): Locator {
    return this.page.locator('.editor-group-container.active .monaco-editor').first();
  }

  /** Pulls the border between side bar and editors to this distance from the left. */
  async widenSideBar(width: number): Promise<void> {
    const border = (await this.page.locator('.part.sidebar').boundingBox())!;
    await this.page.mouse.move(border.x + border.width, border.y + 300);
    await this.page.mouse.down();
    await this.page.mouse.move(width, border.y + 300, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Messages that VS Code shows in its lower right corner. */
  get toasts(): Locator {
    return this.page.locator('.notification-toast');
  }

  /** Opens a file of the workspace by its path, through the palette. */
  async openFile(file: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+P');
    await this.quickInput.locator('input').first().fill(file);
    // Several files may have the name; the row says the folder behind it.
    await this.quickInput
      .locator('.monaco-list-row', { hasText: path.basename(file) })
      .filter({ hasText: path.dirname(file).replace(/^\.$/, '') })
      .first()
      .click();
    await this.page.locator('.tab.active', { hasText: path.basename(file) }).waitFor();
  }

  /** Runs a command of the palette by its title; `opensPicker`: it asks for something there. */
  async command(title: string, { opensPicker = false } = {}): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.locator('input').first().fill(`>${title}`);
    // Enter could take a similar command that sorts first for a moment.
    await this.quickInput.locator('.monaco-list-row', { hasText: title }).first().click();
    if (!opensPicker) await this.quickInput.waitFor({ state: 'hidden' });
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Puts the cursor on a line and column, both counted from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.quickInput.locator('input').first().fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
    // A key that is pressed before the editor has the focus again is lost.
    await this.page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** Rows of the view that the side bar shows. */
  get sideBarRows(): Locator {
    return this.page.locator('.sidebar .monaco-list-row');
  }

  /** Rows of the Problems view, once it is shown. */
  get problems(): Locator {
    return this.page.locator('.markers-panel .monaco-list-row');
  }

  /** The document of the webview in front, looked up anew at every use: VS Code may load a webview more than once. */
  get panel(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
  }

  /** In both colour themes, as files that end in `-light.png` and `-dark.png`; the page stays light. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    // Where the pointer rests nothing explains itself.
    await this.page.mouse.move(0, 0);
    for (const theme of ['dark', 'light'] as const) {
      await this.useTheme(theme);
      await this.page.screenshot({ path: path.join(screenshots, `${name}-${theme}.png`) });
    }
  }

  /** As the operating system's setting would change it. */
  private async useTheme(theme: 'light' | 'dark'): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.locator(`.monaco-workbench.vs${theme === 'dark' ? '-dark' : ':not(.vs-dark)'}`).waitFor();
    // Webviews and canvases are told of the new colours after the workbench itself, and some are made anew.
    await this.page.waitForTimeout(1500);
  }
}
