import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errors';

/**
 * Writes a file so that a reader, or a crash at any moment, finds the old content or the new one and never a part: a
 * temporary name in the same folder, flushed to the disk, then renamed. Rejects with the operating system's error.
 */
export async function writeFileAtomically(file: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await writeAndFlush(temporary, data);
    await renameOver(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Writes where a person asked for it: atomically where that is a file or nothing yet, behind a link to what it leads to, and
 * into a device or a pipe (`/dev/stdout`) as it is. Rejects with the operating system's error.
 */
export async function writeOutputFile(file: string, data: string | Uint8Array): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const found = await stat(target).catch(() => undefined);
  if (found === undefined || found.isFile()) return writeFileAtomically(target, data);
  return writeFile(target, data);
}

/** `writeFileAtomically` for a process whose event loop is busy with something else for seconds at a time. */
export function writeFileAtomicallySync(file: string, data: string | Uint8Array): void {
  const temporary = temporaryName(file);
  try {
    const handle = openSync(temporary, 'wx');
    try {
      writeFileSync(handle, data);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

const temporaryName = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(4).toString('hex')}.tmp`);

/**
 * Makes a folder and those above it. Unlike `mkdir` with `recursive`, which never returns below some folders that the system
 * provides (`/proc`), it rejects with the operating system's error.
 */
export async function makeFolders(folder: string): Promise<void> {
  const code = await mkdir(folder).then(() => undefined, errorCode);
  if (code === undefined) return;
  const parent = path.dirname(folder);
  if (code === 'ENOENT' && parent !== folder) {
    await makeFolders(parent);
    await mkdir(folder).catch(ignoreExisting);
  } else if (code !== 'EEXIST' || !(await stat(folder)).isDirectory()) {
    await mkdir(folder);
  }
}

/** Another process may make the same folder at the same time. */
function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}

/** JSON, written atomically. */
export function writeJson(file: string, value: unknown): Promise<void> {
  return writeFileAtomically(file, jsonText(value));
}

/**
 * Another JSON text in a file's own place, where no second file can be made beside it: the disk is full, or the folder is
 * read-only. The room that a longer text needs is taken first, as white space, so that the old text is whole until then. Throws
 * the operating system's error.
 */
export function overwriteJsonSync(file: string, value: unknown): void {
  const text = jsonText(value);
  const handle = openSync(file, 'r+');
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.max(size, Buffer.byteLength(text)), ' ');
    bytes.write(text);
    for (let at = size; at < bytes.length; ) at += writeSync(handle, ' '.repeat(bytes.length - at), at);
    writeSync(handle, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(handle);
  }
}

/** With two spaces and a final newline. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function writeAndFlush(file: string, data: string | Uint8Array): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'wx');
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

/** Windows refuses to rename over a file that somebody reads at that moment; readers of ours are quick. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const busy = errorCode(error) === 'EPERM' || errorCode(error) === 'EACCES' || errorCode(error) === 'EBUSY';
      if (process.platform !== 'win32' || !busy || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
