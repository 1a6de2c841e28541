import { randomInt } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeRunId } from '../../core/runs/id';
import { errorCode } from '../errors';
import { makeFolders } from '../files';

/**
 * Makes a folder for a run or a sweep below `parent`, which is named by an id of its own, and fills it. Where that cannot be done
 * nothing is left of it. Rejects with what `fill` rejects with, or with the operating system's error.
 */
export async function newFolder<Filled>(
  parent: string,
  fill: (id: string, folder: string) => Promise<Filled>,
): Promise<Filled> {
  await makeFolders(parent);
  const id = await takeId(parent);
  const folder = path.join(parent, id);
  try {
    return await fill(id, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/** Two may begin in the same second; the folder's creation decides who has the name. */
async function takeId(parent: string): Promise<string> {
  for (;;) {
    const id = makeRunId(new Date(), randomInt(0x10000));
    try {
      await mkdir(path.join(parent, id));
      return id;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}
