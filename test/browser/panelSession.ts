import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
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
  before(async () => {
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

/** Waits until something is as wanted, or matches: a page answers what is clicked and typed a moment later. */
export async function becomes<T>(look: () => T | Promise<T>, wanted: T | RegExp): Promise<void> {
  const isWanted = (seen: T) =>
    wanted instanceof RegExp ? wanted.test(String(seen)) : isDeepStrictEqual(seen, wanted);
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) if (isWanted(await look())) return;
  if (wanted instanceof RegExp) assert.match(String(await look()), wanted);
  else assert.deepEqual(await look(), wanted);
}

export const texts = async (locator: Locator) => (await locator.allTextContents()).map((text) => text.trim());

/**
 * Tests that a page that has nothing to show says why, and tries again.
 *
 * @param open makes an answer fail with the reason until it is to work
 */
export function triesAgain(
  reason: string,
  row: string,
  open: (fails: <Answer>(answer: () => Answer) => () => Answer) => Promise<PanelPage>,
): void {
  it('says why it has nothing to show, and tries again', async () => {
    let works = false;
    const panel = await open((answer) => () => {
      if (!works) throw new Error(reason);
      return answer();
    });
    await panel.page.getByText(reason).waitFor();
    works = true;
    await panel.page.getByRole('button', { name: 'Try Again' }).click();
    await panel.page.locator(row).first().waitFor();
  });
}

/** Tests that a page that is made again is as it was left. @param isLeft waits for what is to be kept */
export function comesBack(
  open: (options: Partial<PanelOptions>) => Promise<PanelPage>,
  leave: (panel: PanelPage) => Promise<void>,
  isLeft: (panel: PanelPage) => Promise<void>,
): void {
  it('is as it was left when its page comes back', async () => {
    const first = await open({});
    await leave(first);
    await isLeft(first);
    await isLeft(await open({ state: first.state }));
  });
}

/** Tests that a panel fits its width in every theme, wide and narrow, and takes a picture of each for whoever looks. */
export function looksRight(name: string, open: (options: Partial<PanelOptions>) => Promise<PanelPage>): void {
  for (const [theme, width] of [
    ['dark', 1600],
    ['light', 1000],
    ['contrast', 1000],
    ['dark', 400],
  ] as const)
    it(`looks right in the ${theme} theme, ${width} pixels wide`, async () => {
      const panel = await open({ theme, viewport: { width, height: 900 } });
      await becomes(() => panel.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
      await screenshot(panel, `${name}-${theme}-${width}`);
    });
}
