import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder that is removed when this process ends. */
export function temporaryFolder() {
  // A short name: the paths of Unix sockets below it must stay under 108 bytes.
  const folder = mkdtempSync(path.join(tmpdir(), 'md-'));
  process.once('exit', () => remove(folder));
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
