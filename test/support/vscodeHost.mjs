/** Starts the VS Code of `installVsCode.mjs` on a random port of this machine. For tests, and for `npm start`. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mustRun, startGuarded } from './processes.mjs';

/**
 * @typedef {{ node: string, serverMain: string }} Installation
 * @typedef {object} HostOptions
 * @property {Installation} vscode
 * @property {string} dataFolder everything that VS Code keeps; made if it is not there
 * @property {Record<string, unknown>} [settings] the user's settings for a folder that has none yet
 * @property {string} [extension] folder of an extension that is linked as an installed one
 * @property {boolean} [development] obeys `extensionDevelopmentPath` and `extensionTestsPath`, but never shows toasts
 * @property {boolean} [trust] asks whether a folder is trusted, as VS Code does unless told otherwise
 * @property {boolean} [isolated] keeps home, configuration and temporary files in the data folder too
 * @property {NodeJS.ProcessEnv} [env] seen by the extension host
 */

/**
 * @param {HostOptions} options
 * @returns {Promise<{ url: (folder: string, development?: Record<string, string>) => string, log: () => string,
 *   exited: Promise<number>, stop: () => Promise<void> }>}
 */
export async function startVsCode(options) {
  const { vscode, dataFolder, development = false, trust = false } = options;
  writeSettings(dataFolder, options.settings ?? {});
  if (options.extension) linkExtension(dataFolder, options.extension);
  const token = randomBytes(16).toString('hex');
  const tokenFile = path.join(dataFolder, 'token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const server = startGuarded(
    [
      ...[vscode.node, vscode.serverMain, '--accept-server-license-terms', '--server-data-dir', dataFolder],
      ...['--host', '127.0.0.1', '--port', '0', '--connection-token-file', tokenFile],
      ...[
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-experiments',
        '--disable-getting-started-override',
      ],
      ...(trust ? [] : ['--disable-workspace-trust']),
      ...(development ? ['--enable-smoke-test-driver'] : []),
    ],
    { env: environment(options) },
  );
  let log = '';
  const port = await new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ reason) => reject(new Error(`VS Code ${reason}:\n${log}`));
    const timer = setTimeout(() => fail('did not start within three minutes'), 180_000);
    void server.exited.then((code) => fail(`ended with ${code}`));
    for (const stream of [server.child.stdout, server.child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        log += text;
        const listening = /Extension host agent listening on (\d+)/.exec(log);
        if (listening) resolve(Number(listening[1]));
        if (listening) clearTimeout(timer);
      });
  }).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return {
    url: (folder, paths = {}) => workbenchUrl(`127.0.0.1:${port}`, token, folder, paths),
    log: () => log,
    exited: server.exited,
    stop: server.stop,
  };
}

/**
 * Installs a packaged extension for the next start with the same data folder.
 *
 * @param {HostOptions} options
 * @param {string} file
 */
export async function installExtension(options, file) {
  const { vscode, dataFolder } = options;
  const command = [vscode.node, vscode.serverMain, '--accept-server-license-terms', '--server-data-dir', dataFolder];
  await mustRun([...command, '--install-extension', file, '--force'], { env: environment(options), limitSeconds: 600 });
}

/**
 * @param {string} authority
 * @param {string} token
 * @param {string} folder
 * @param {Record<string, string>} paths of the extension under development and of its tests
 */
function workbenchUrl(authority, token, folder, paths) {
  const payload = Object.entries(paths).map(([key, file]) => [key, `vscode-remote://${authority}${file}`]);
  const query = new URLSearchParams({ tkn: token, folder });
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://${authority}/?${query}`;
}

/** @param {HostOptions} options @returns {NodeJS.ProcessEnv} */
function environment({ dataFolder, isolated = false, env }) {
  // Nothing is asked of an extension gallery: there may be no network, and nothing else is to be installed.
  const common = { EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env };
  if (!isolated) return common;
  const home = made(path.join(dataFolder, 'home'));
  return {
    HOME: home,
    XDG_CONFIG_HOME: made(path.join(home, '.config')),
    TMPDIR: made(path.join(dataFolder, 'tmp')),
    ...common,
  };
}

/** @param {string} folder */
function made(folder) {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * @param {string} dataFolder
 * @param {Record<string, unknown>} settings
 */
function writeSettings(dataFolder, settings) {
  const file = path.join(made(path.join(dataFolder, 'data/User')), 'settings.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** Nothing that distracts from the extension: no tours, tips, assistants, updates or experiments. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
};

/**
 * A linked extension counts as installed, so that, unlike one under development, its messages appear as toasts. VS Code
 * keeps a list of installed extensions beside them: a link that changes after the first start needs a new folder.
 *
 * @param {string} dataFolder
 * @param {string} extension
 */
function linkExtension(dataFolder, extension) {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(extension, 'package.json'), 'utf8'));
  const extensions = path.join(dataFolder, 'extensions');
  const link = path.join(extensions, `${publisher}.${name}-${version}`);
  if (pointsTo(link) === extension) return;
  rmSync(extensions, { recursive: true, force: true });
  symlinkSync(extension, path.join(made(extensions), path.basename(link)));
}

/** @param {string} link */
function pointsTo(link) {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
