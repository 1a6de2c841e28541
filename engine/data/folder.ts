import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** By code points, the same on every machine and in every language. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Names that operating systems leave in folders. */
const isDebris = (name: string): boolean => name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini';

/**
 * The files below a folder, relative to it, with `/`, sorted. Hidden files are left out unless said otherwise, links are followed, a folder that
 * links lead to twice on one path is entered once.
 */
export async function filesBelow(folder: string, isLeftOut = isDebris): Promise<string[]> {
  const files: string[] = [];
  await collect(folder, '', new Set([await realpath(folder)]), { files, isLeftOut });
  return files.sort(compareNames);
}

interface Collection {
  readonly files: string[];
  readonly isLeftOut: (name: string) => boolean;
}

async function collect(
  folder: string,
  prefix: string,
  entered: ReadonlySet<string>,
  collection: Collection,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (collection.isLeftOut(entry.name)) continue;
    const file = path.join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(file) : entry;
    if (kind.isFile()) collection.files.push(prefix + entry.name);
    if (!kind.isDirectory()) continue;
    const real = await realpath(file);
    if (!entered.has(real)) await collect(file, `${prefix}${entry.name}/`, new Set([...entered, real]), collection);
  }
}
