import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A new folder that is removed when this process ends.
 *
 * @param {string} [prefix]
 */
export function temporaryFolder(prefix = '') {
  // Short names: paths of Unix sockets below it must stay under 108 bytes.
  const folder = mkdtempSync(path.join(tmpdir(), `matchdown-${prefix}`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
