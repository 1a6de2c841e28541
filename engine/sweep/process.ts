import { open, readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../../core/runs/record';
import { errorCode } from '../errors';
import { observe, processIdentity } from '../runs/process';

/** Whether a process goes on, as far as can be told: of another machine's nothing can. */
export async function isAlive(identity: ProcessIdentity, host: string): Promise<boolean> {
  if (host !== os.hostname()) return true;
  const state = await observe(identity);
  return state === 'alive' || state === 'unknown';
}

/**
 * Takes a sweep for this process: false when another one carries it out already, so that two windows cannot start its trials
 * twice. A lock whose process is gone is taken over.
 */
export async function claim(folder: string): Promise<boolean> {
  const lock = lockOf(folder);
  const text = await ownText();
  if (!(await create(lock, text))) {
    const holder = await holderOf(lock);
    if (holder && (await isAlive(holder, holder.host))) return false;
    const stale = `${lock}.${process.pid}`;
    await rename(lock, stale).catch(() => undefined);
    await rm(stale, { force: true });
    if (!(await create(lock, text))) return false;
  }
  // Somebody who saw the same stale lock may have renamed ours a moment later.
  await sleep(50);
  return (await readFile(lock, 'utf8').catch(() => '')) === text;
}

/**
 * Comes before the word that the sweep has ended: whoever reads that may resume it at once, and the new process is to find no
 * lock. What another process holds by now is left to it.
 */
export async function release(folder: string): Promise<void> {
  const lock = lockOf(folder);
  if ((await readFile(lock, 'utf8').catch(() => '')) === (await ownText())) await rm(lock, { force: true });
}

const lockOf = (folder: string): string => path.join(folder, 'lock');

const ownText = async (): Promise<string> => JSON.stringify({ ...(await processIdentity()), host: os.hostname() });

async function create(lock: string, text: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx');
    await handle.writeFile(text).finally(() => handle.close());
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function holderOf(lock: string): Promise<(ProcessIdentity & { host: string }) | undefined> {
  try {
    return JSON.parse(await readFile(lock, 'utf8')) as ProcessIdentity & { host: string };
  } catch {
    return undefined;
  }
}
