/**
 * node runExtensionTests.mjs FOLDER: the tests of a built folder (with an `index.js`) inside the extension host of a real
 * VS Code, in a copy of the sample workspace.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { installChromium } from './chromium.mjs';
import { installVsCode } from './installVsCode.mjs';
import { sampleWorkspace } from './sampleWorkspace.mjs';
import { temporaryFolder } from './temporaryFolder.mjs';
import { startVsCode } from './vscodeHost.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const limitSeconds = 840;

/** What VS Code's web workbench says of itself when there is no network, no gallery, no account. */
const noise =
  /workbench\.js:|^(Ignoring fetching|Resolv|Creating a socket|\[reconnection|\[Service Worker\]|\[AgentHost|\[AccountPolicy|Updating additional|No search provider)/;

const folder = temporaryFolder();
const host = await startVsCode({
  vscode: await installVsCode(console.log),
  dataFolder: folder,
  development: true,
  isolated: true,
});
const browser = await chromium.launch({
  executablePath: await installChromium(console.log),
  env: { ...process.env, HOME: folder },
});
const code = await runInWorkbench(await browser.newPage({ locale: 'en-US' }));
await browser.close();
await host.stop();
process.exit(code);

/** @param {import('playwright-core').Page} page @returns {Promise<number>} */
async function runInWorkbench(page) {
  /** One fault may be told at every request: once is enough. */
  const seen = new Set();
  const ended = /** @type {Promise<number>} */ (
    new Promise((resolve) => {
      // VS Code calls these two of the page, with the exit code of the suite's `run`. A crashed host reports 0 as well; that
      // tests are missing is seen from their record.
      void page.exposeFunction('codeAutomationExit', resolve);
      void page.exposeFunction('codeAutomationLog', (/** @type {string} */ _kind, /** @type {unknown[]} */ words) => {
        const said = words.join(' ');
        if (!noise.test(said) && !seen.has(said)) console.log(said);
        seen.add(said);
      });
    })
  );
  const late = /** @type {Promise<'late'>} */ (
    new Promise((resolve) => setTimeout(resolve, limitSeconds * 1000, 'late'))
  );
  const tests = path.resolve(process.argv[2], 'index.js');
  await page.goto(
    host.url(await sampleWorkspace(folder), { extensionDevelopmentPath: root, extensionTestsPath: tests }),
  );
  const outcome = await Promise.race([ended, late]);
  if (outcome !== 'late') return outcome;
  console.error(`The extension host did not end within ${limitSeconds} s.\n${host.log()}`);
  return 1;
}
