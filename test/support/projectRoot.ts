import { existsSync } from 'node:fs';
import path from 'node:path';

/** The checkout's folder, found from wherever in `out/` a test was bundled to. */
export const projectRoot = folderAbove(__dirname);

function folderAbove(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error(`There is no package.json above ${__dirname}.`);
  return folderAbove(parent);
}
