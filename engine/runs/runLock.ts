import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ProcessIdentity } from '../../core/runs/record';
import { errorCode } from '../errors';
import { observe, processIdentity } from './process';

/** Milliseconds of silence after which a lock of another machine no longer counts. */
const silenceLimit = 60_000;

/** `attach`: only one process mirrors a run. `change`: only one resumes or deletes it, or resumes a sweep. */
export type LockName = 'attach' | 'change';

/** What only one process may do with a run at a time: the one whose lock is in the run's folder. */
export class RunLock {
  private constructor(
    private readonly file: string,
    private readonly text: string,
  ) {}

  /** Undefined when somebody else has it, or the folder is gone. */
  static async take(folder: string, name: LockName): Promise<RunLock | undefined> {
    const file = path.join(folder, `${name}.lock`);
    const owner = { host: os.hostname(), process: await processIdentity(), token: randomBytes(8).toString('hex') };
    const lock = new RunLock(file, JSON.stringify(owner));
    if (await lock.create()) return lock;
    return (await removeStale(file)) && (await lock.create()) ? lock : undefined;
  }

  /** A sign of life for other machines. */
  async keep(): Promise<void> {
    const now = new Date();
    await utimes(this.file, now, now).catch(() => undefined);
  }

  async release(): Promise<void> {
    if ((await readFile(this.file, 'utf8').catch(() => '')) === this.text) await rm(this.file, { force: true });
  }

  private async create(): Promise<boolean> {
    try {
      await this.write();
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** On a full disk a file can be made, and nothing be written into it: then it is no lock. */
  private async write(): Promise<void> {
    const handle = await open(this.file, 'wx');
    try {
      await handle.writeFile(this.text);
    } catch (error) {
      await rm(this.file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  }
}

/** Of two who find the same stale lock only one can rename it; a lock that was taken meanwhile is put back. */
async function removeStale(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return true;
  if (!(await isStale(file, text))) return false;
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch {
    return true;
  }
  if ((await readFile(aside, 'utf8').catch(() => '')) === text) {
    await rm(aside, { force: true });
    return true;
  }
  await rename(aside, file);
  return false;
}

async function isStale(file: string, text: string): Promise<boolean> {
  const owner = parseOwner(text);
  const state = owner?.host === os.hostname() && owner.process ? await observe(owner.process) : 'unknown';
  if (state !== 'unknown') return state !== 'alive';
  const info = await stat(file).catch(() => undefined);
  return info === undefined || Date.now() - info.mtimeMs > silenceLimit;
}

function parseOwner(text: string): { host?: string; process?: ProcessIdentity } | undefined {
  try {
    return JSON.parse(text) as { host?: string; process?: ProcessIdentity };
  } catch {
    return undefined;
  }
}
