import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { projectRoot } from '../support/projectRoot';
import { launchBrowser, type PanelOptions, PanelPage } from './panelsPage';

/**
 * A browser for the tests of a file, and the panels that a test opens in it. Whatever a test did, its pages had no errors, and
 * nothing was refused by their security policy.
 */
export function panelSession() {
  let browser: Browser;
  let opened: PanelPage[] = [];
  before(async function () {
    this.timeout(120_000);
    browser = await launchBrowser();
  });
  after(() => browser?.close());
  afterEach(async () => {
    const errors = opened.flatMap((panel) => panel.errors);
    await Promise.all(opened.map((panel) => panel.page.close()));
    opened = [];
    assert.deepEqual(errors, []);
  });

  return async (panel: 'experiments' | 'match' | 'onnx', options: PanelOptions): Promise<PanelPage> => {
    const page = await PanelPage.open(browser, panel, options);
    opened.push(page);
    return page;
  };
}

export async function screenshot({ page }: PanelPage, name: string): Promise<void> {
  const folder = path.join(projectRoot, 'out/screenshots/panels');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

export const texts = async (locator: Locator) => (await locator.allTextContents()).map((text) => text.trim());
