import { open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '../files';
import type { RemoteFile } from './look';
import type { RunSession } from './session';

/** Bytes that are asked for at once. */
const window = 4 << 20;

/** A file that only grows: what is here is the beginning of what is there. Goes on where it stopped; true when it grew. */
export async function fetchGrowing(session: RunSession, folder: string, remote: RemoteFile): Promise<boolean> {
  const file = path.join(folder, ...remote.path.split('/'));
  let have = await sizeOf(file);
  if (have === remote.bytes) return false;
  await makeFolders(path.dirname(file));
  if (have > remote.bytes) {
    // Somebody has begun it anew.
    await truncate(file, 0);
    have = 0;
  }
  await append(session, remote.path, file, have, remote.bytes);
  return true;
}

/** A file that is replaced as a whole: appears here complete or not at all, also when it takes several connections. */
export async function fetchWhole(session: RunSession, folder: string, remote: RemoteFile): Promise<void> {
  const file = path.join(folder, ...remote.path.split('/'));
  await makeFolders(path.dirname(file));
  const part = path.join(path.dirname(file), `.${path.basename(file)}.${remote.time}-${remote.bytes}.part`);
  const have = await sizeOf(part);
  await append(session, remote.path, part, have > remote.bytes ? 0 : have, remote.bytes);
  if ((await sizeOf(part)) !== remote.bytes) return rm(part, { force: true });
  await rename(part, file);
  await removeParts(file);
}

async function append(session: RunSession, name: string, file: string, from: number, to: number): Promise<void> {
  const handle = await open(file, 'a');
  try {
    for (let at = from; at < to; ) {
      const bytes = await session.get(name, at, Math.min(window, to - at));
      if (bytes.length === 0) return;
      await handle.writeFile(bytes);
      at += bytes.length;
    }
  } finally {
    await handle.close();
  }
}

/** Of earlier versions of a file that were never complete. */
async function removeParts(file: string): Promise<void> {
  const folder = path.dirname(file);
  const parts = (await readdir(folder)).filter(
    (name) => name.startsWith(`.${path.basename(file)}.`) && name.endsWith('.part'),
  );
  for (const name of parts) await rm(path.join(folder, name), { force: true });
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
