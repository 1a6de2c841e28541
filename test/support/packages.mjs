import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from './processes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Installs the npm packages of `package-lock.json` unless exactly these are there.
 *
 * @param {(sentence: string) => void} say
 */
export async function installPackages(say) {
  if (packagesAreInstalled()) return;
  say('Installing the npm packages (once, about half a minute) ...');
  await mustRun(['npm', existsSync(path.join(root, 'node_modules')) ? 'install' : 'ci'], { cwd: root });
}

function packagesAreInstalled() {
  const record = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = lockedPackages(record);
  const wanted = Object.entries(lockedPackages(path.join(root, 'package-lock.json')));
  return wanted.every(([name, { version, optional }]) => !name || optional || installed[name]?.version === version);
}

/**
 * @param {string} file
 * @returns {Record<string, { version: string, optional?: boolean }>}
 */
const lockedPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
