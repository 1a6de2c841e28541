import path from 'node:path';
import { t } from '../../core/l10n';
import { RunLock } from './runLock';

/** Milliseconds. */
const signOfLife = 20_000;

/**
 * Does what changes runs or sweeps as a whole while nobody else does: of two windows that resume one run at the same moment only
 * one starts it. Where somebody else is at it already, nothing is done.
 */
export async function changing<Outcome>(
  folders: readonly string[],
  work: () => Promise<Outcome>,
): Promise<Outcome | { readonly ok: false; readonly message: string }> {
  const locks: RunLock[] = [];
  const timer = setInterval(() => void Promise.all(locks.map((lock) => lock.keep())), signOfLife);
  try {
    for (const folder of folders) {
      const lock = await RunLock.take(folder, 'change');
      if (!lock) return { ok: false, message: busy(folder) };
      locks.push(lock);
    }
    return await work();
  } finally {
    clearInterval(timer);
    for (const lock of locks) await lock.release();
  }
}

const busy = (folder: string): string =>
  t('Another window is resuming or deleting {0} just now.', path.basename(path.resolve(folder)));
