import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** @type {string[]} */
const folders = [];

/** A new folder that is removed when this process ends. */
export function temporaryFolder() {
  if (folders.length === 0) process.once('exit', () => folders.forEach(remove));
  // A short name: the paths of Unix sockets below it must stay under 108 bytes.
  const folder = mkdtempSync(path.join(tmpdir(), 'md-'));
  folders.push(folder);
  return folder;
}

/** @param {string} folder */
function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch {
    // Somebody still writes there. Temporary folders are tidied up by the system, too.
  }
}
