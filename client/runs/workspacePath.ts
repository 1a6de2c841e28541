import { realpathSync } from 'node:fs';
import path from 'node:path';

/** What paths were found to be, by folder and by the workspace's folders. */
const found = new Map<string, string>();

/**
 * The path of a file as the workspace has it. A record names a file as it was reached when the run was started: a folder may be
 * opened over a symbolic link since, or no more. What is in none of the folders stays as it is.
 */
export function workspacePath(file: string, folders: readonly string[]): string {
  const folder = path.dirname(file);
  const key = [folder, ...folders].join('\n');
  const own = found.get(key) ?? ownPath(folder, folders);
  found.set(key, own);
  return path.join(own, path.basename(file));
}

function ownPath(folder: string, folders: readonly string[]): string {
  if (folders.some((own) => isInside(folder, own))) return folder;
  const real = realPath(folder);
  const own = folders.find((one) => isInside(real, realPath(one)));
  return own === undefined ? folder : path.join(own, path.relative(realPath(own), real));
}

function isInside(folder: string, outer: string): boolean {
  const way = path.relative(outer, folder);
  return way === '' || (!path.isAbsolute(way) && way.split(path.sep)[0] !== '..');
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
