import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { isActive } from '../../core/runs/states';
import type { RemoteTarget } from '../../core/runs/target';
import { errorMessage, InputError } from '../errors';
import { ConnectionError } from '../targets/connectionError';
import { Mirror } from '../targets/mirror';
import { RunSession } from '../targets/session';
import type { Shell } from '../targets/shell';
import { shellOf } from '../targets/shells';
import { diskProblem } from './diskProblem';
import { RunLock } from './runLock';
import { readRecord } from './store';

export interface AttachOptions {
  /** Ends the mirroring, not the run. */
  readonly signal?: AbortSignal;
  /** Whether `ssh` may ask for a password on the terminal. */
  readonly interactive?: boolean;
}

/**
 * Mirrors a run on a target into its folder until it has ended; resolves with its record. A connection that is cut is told in the
 * record and made again. Several processes may attach to one run: one of them mirrors, the others wait, and take its place when
 * it goes. Returns at once for a run that is here or has ended. Throws `InputError` when there is no run, or its folder here takes
 * nothing.
 */
export async function attach(folder: string, options: AttachOptions = {}): Promise<RunRecord> {
  const absolute = path.resolve(folder);
  for (;;) {
    const record = await readRecord(absolute);
    const target = record.launch?.target;
    const isElsewhere = record.remote && (target?.kind === 'ssh' || target?.kind === 'slurm');
    if (!isElsewhere || !isActive(record) || options.signal?.aborted) return record;
    try {
      await takeTurn(absolute, target, options);
    } catch (error) {
      throw diskProblem(error, absolute) === undefined ? error : notKept(absolute, error);
    }
  }
}

/** Mirrors, or waits for whoever does. */
async function takeTurn(folder: string, target: RemoteTarget, options: AttachOptions): Promise<void> {
  const lock = await RunLock.take(folder, 'attach');
  if (!lock) return pause(interval, options.signal);
  try {
    await mirror(folder, target, lock, options);
  } finally {
    await lock.release();
  }
}

const notKept = (folder: string, error: unknown) =>
  new InputError({
    file: folder,
    problem: t('What the run writes cannot be kept here: {0}.', errorMessage(error)),
    nextStep: t('Make room, or check the permissions, then attach to the run again; nothing is lost on its target.'),
  });

/** Milliseconds between two looks. */
const interval = 1000;

/** Milliseconds before a connection is tried again, the last one for ever. */
const pauses = [500, 1000, 2000, 5000, 10_000, 30_000];

async function mirror(
  folder: string,
  target: RemoteTarget,
  lock: RunLock,
  { signal, interactive }: AttachOptions,
): Promise<void> {
  const shell = shellOf(target, interactive);
  const mirrored = new Mirror(folder);
  let record = await mirrored.open();
  for (let failures = 0; isActive(record) && !signal?.aborted; ) {
    try {
      for await (const next of looks(shell, mirrored, record, lock, signal)) {
        record = next;
        failures = 0;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof ConnectionError)) throw error;
      await mirrored.tellCut(error.message);
      // What nobody can mend without doing something is tried again all the same, but seldom.
      const wait = error.mends ? pauses[Math.min(failures++, pauses.length - 1)]! : pauses.at(-1)!;
      await pause(wait, signal, () => lock.keep());
    }
  }
}

/** The record after each look over one connection, until the run has ended. */
async function* looks(
  shell: Shell,
  mirrored: Mirror,
  { remote }: RunRecord,
  lock: RunLock,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunRecord> {
  const session = await RunSession.open(shell, remote!.folder, signal);
  try {
    for (;;) {
      const record = await mirrored.update(session);
      yield record;
      if (!isActive(record) || signal?.aborted) return;
      await lock.keep();
      await pause(record.state === 'queued' ? 5 * interval : interval, signal);
    }
  } finally {
    session.close();
  }
}

/** Ends early, without an error, when it is aborted. */
async function pause(
  milliseconds: number,
  signal: AbortSignal | undefined,
  onSecond?: () => Promise<void>,
): Promise<void> {
  for (let left = milliseconds; left > 0 && !signal?.aborted; left -= interval) {
    await sleep(Math.min(left, interval), undefined, { ...(signal && { signal }) }).catch(() => undefined);
    await onSecond?.();
  }
}
