/**
 * npm start [-- --browser] [-- --no-open]
 *
 * From a fresh checkout to VS Code with the sample workspace and the extension in it: installs, builds, makes the sample
 * data, and opens the desktop VS Code if there is one, else VS Code in the browser.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheRoot } from '../test/support/cache.mjs';
import { installVsCode } from '../test/support/installVsCode.mjs';
import { installPackages } from '../test/support/packages.mjs';
import { isOnPath, mustRun } from '../test/support/processes.mjs';
import { examples, makeSampleData } from '../test/support/sampleWorkspace.mjs';
import { startVsCode } from '../test/support/vscodeHost.mjs';
import { findDesktop } from './desktop.mjs';

const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({ options: { browser: { type: 'boolean' }, 'no-open': { type: 'boolean' } } });

try {
  await prepare();
  const desktop = options.browser ? undefined : await findDesktop();
  await (desktop ? openDesktop(desktop) : openBrowser());
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function prepare() {
  await installPackages(say);
  say('Building the extension ...');
  await mustRun([process.execPath, 'esbuild.mjs', '--shipped'], { cwd: root });
  await makeSampleData(examples, say);
}

/** @param {string} program */
async function openDesktop(program) {
  say(`Opening examples/ with the extension in ${program} ...`);
  await launch([program, '--new-window', '--disable-workspace-trust', `--extensionDevelopmentPath=${root}`, examples]);
  say('After a change of the sources: npm run build, then "Developer: Reload Window".');
}

async function openBrowser() {
  const vscode = await installVsCode(say);
  say('Starting VS Code for the browser ...');
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 8);
  const host = await startVsCode({ vscode, dataFolder: path.join(cacheRoot(), `start-${checkout}`), extension: root });
  const address = host.url(examples);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void host.stop());
  say(`\nVS Code with the sample workspace, for this machine only:\n\n    ${address}\n\nCtrl+C stops it.\n`);
  if (!options['no-open']) await showInBrowser(address);
  await host.exited;
  say('VS Code has stopped. A run that is still training goes on; "npx matchdown runs" shows it.');
}

/** @param {string} address */
async function showInBrowser(address) {
  const visible = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (visible && (await isOnPath(opener))) await launch([opener, address]);
}

/**
 * Starts a program that goes on after this one has ended.
 *
 * @param {string[]} command
 */
async function launch([program, ...args]) {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}

/** @param {string} sentence */
function say(sentence) {
  console.log(sentence);
}
