import { cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/**
 * A copy of `examples/` without what earlier runs left there, so that tests may change it.
 *
 * @param {string} folder where to put it
 * @returns {string} the copy's path
 */
export function sampleWorkspace(folder) {
  const workspace = path.join(folder, 'examples');
  cpSync(examples, workspace, { recursive: true, filter: (file) => path.basename(file) !== 'runs' });
  return workspace;
}
