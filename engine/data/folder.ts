import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** By code points, the same on every machine and in every language. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Names that operating systems leave in folders. */
const isDebris = (name: string): boolean => name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini';

/**
 * The files below a folder, relative to it, with `/`, sorted. Hidden files are left out, links are followed, a folder that
 * links lead to twice on one path is entered once.
 */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  await collect(folder, '', new Set([await realpath(folder)]), files);
  return files.sort(compareNames);
}

async function collect(folder: string, prefix: string, entered: ReadonlySet<string>, files: string[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (isDebris(entry.name)) continue;
    const file = path.join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(file) : entry;
    if (kind.isFile()) files.push(prefix + entry.name);
    if (!kind.isDirectory()) continue;
    const real = await realpath(file);
    if (!entered.has(real)) await collect(file, `${prefix}${entry.name}/`, new Set([...entered, real]), files);
  }
}
