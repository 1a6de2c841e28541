import { opendir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FolderEntry, PathsPort } from '../core/language/paths';

/** Enough for any folder that a person looks through; a data folder may hold millions of pictures. */
const mostEntries = 1000;

/** The file on this machine's disk that the address names; nothing for an unsaved or virtual document. */
export function filePath(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

/** What completion and links of paths need of the file system. */
export const paths: PathsPort = {
  async list(schemeUri, folder) {
    const base = filePath(schemeUri);
    return base === undefined ? [] : firstEntries(path.resolve(path.dirname(base), folder));
  },
  resolve(schemeUri, relative) {
    const base = filePath(schemeUri);
    return base === undefined ? undefined : pathToFileURL(path.resolve(path.dirname(base), relative)).href;
  },
};

/** A folder that is not there, or may not be read, has no entries. */
async function firstEntries(folder: string): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      entries.push({ name: entry.name, kind: entry.isDirectory() || entry.isSymbolicLink() ? 'folder' : 'file' });
      if (entries.length === mostEntries) break;
    }
  } catch {
    return entries;
  }
  return entries;
}
