import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * A folder of the user's cache that `fill` makes once. It appears whole or not at all: `fill` works in a temporary folder
 * beside it, which is renamed at the end, so that a killed installation or a second one at the same time does no harm.
 *
 * @param {string} name contains every version that matters, so that a new version is a new folder
 * @param {(folder: string) => Promise<void>} fill what it makes must not depend on the folder's own path, which changes
 * @returns {Promise<string>} the folder's absolute path
 */
export async function cachedFolder(name, fill) {
  const folder = path.join(cacheRoot(), name);
  if (isReady(folder)) return folder;
  mkdirSync(cacheRoot(), { recursive: true });
  removeAbandoned();
  const unfinished = mkdtempSync(path.join(cacheRoot(), `${name}${unfinishedMark}`));
  try {
    await fill(unfinished);
    markReady(unfinished);
    moveInto(folder, unfinished);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Everything that tests and `npm start` install for this project beside `node_modules`. */
export function cacheRoot() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'matchdown');
}

/** @param {string} folder */
export const isReady = (folder) => existsSync(path.join(folder, readyFile));

/** @param {string} folder */
export const markReady = (folder) => writeFileSync(path.join(folder, readyFile), '');

const readyFile = '.ready';
const unfinishedMark = '.unfinished-';

/** An installation that was killed cannot tidy up; nobody needs two hours for one. */
function removeAbandoned() {
  const twoHoursAgo = Date.now() - 2 * 60 * 60 * 1000;
  for (const name of readdirSync(cacheRoot())) {
    const folder = path.join(cacheRoot(), name);
    if (!name.includes(unfinishedMark) || statSync(folder).mtimeMs > twoHoursAgo) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} finished
 */
function moveInto(folder, finished) {
  if (isReady(folder)) return;
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(finished, folder);
  } catch (error) {
    // Somebody else may have finished the same folder between the two lines above.
    if (!isReady(folder)) throw error;
  }
}
