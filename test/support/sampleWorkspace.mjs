import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from './processes.mjs';

export const examples = path.resolve(fileURLToPath(new URL('../../examples', import.meta.url)));

/**
 * A copy of `examples/` with its data and without what earlier runs left there, so that tests may change it.
 *
 * @param {string} folder where to put it
 * @returns {Promise<string>} the copy's path
 */
export async function sampleWorkspace(folder) {
  const workspace = path.join(folder, 'examples');
  const left = ['runs', 'notes', 'data'];
  cpSync(examples, workspace, { recursive: true, filter: (file) => !left.includes(path.basename(file)) });
  await makeSampleData(workspace);
  return workspace;
}

/**
 * @param {string} workspace `examples/` or a copy of it; data that is there already stays
 * @param {(sentence: string) => void} [say]
 */
export async function makeSampleData(workspace, say = () => {}) {
  const data = path.join(workspace, 'shapes/data');
  if (existsSync(data)) return;
  say('Making the sample data ...');
  await mustRun([process.execPath, path.join(examples, 'shapes/make_shapes.mjs'), data]);
}
