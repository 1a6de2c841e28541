import { opendir, stat } from 'node:fs/promises';
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

/** VS Code opens files only; its command shows a folder in the Explorer. Takes the address as VS Code writes it down. */
export function revealInExplorer(uri: string): string {
  const { host, pathname } = new URL(uri);
  const components = { $mid: 1, scheme: 'file', authority: host, path: decodeURIComponent(pathname) };
  return `command:revealInExplorer?${encodeURIComponent(JSON.stringify([components]))}`;
}

/** What completion and links of paths need of the file system. */
export const paths: PathsPort = {
  async list(schemeUri, folder) {
    const target = fileBeside(schemeUri, folder);
    return target === undefined ? [] : firstEntries(target);
  },
  async kindOf(schemeUri, relative) {
    const target = fileBeside(schemeUri, relative);
    const found = target === undefined ? undefined : await stat(target).catch(() => undefined);
    return found && (found.isDirectory() ? 'folder' : 'file');
  },
  resolve(schemeUri, relative) {
    const target = fileBeside(schemeUri, relative);
    return target === undefined ? undefined : pathToFileURL(target).href;
  },
};

function fileBeside(schemeUri: string, relative: string): string | undefined {
  const scheme = filePath(schemeUri);
  return scheme === undefined ? undefined : path.resolve(path.dirname(scheme), relative);
}

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
