import { rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../core/l10n';
import type { ProcessIdentity, RunRecord } from '../../core/runs/record';
import { enterState, isActive } from '../../core/runs/states';
import { isRemote } from '../../core/runs/target';
import { errorMessage } from '../errors';
import { writeJson } from '../files';
import { groupIsAlive, observe, signalGroup } from './process';
import { readRecord, readWrittenRecord, recordFile } from './store';

export type StopOutcome =
  /** `killed`: it did not stop by itself, so what came after the last checkpoint is lost. */
  | { readonly ok: true; readonly record: RunRecord; readonly killed: boolean }
  | { readonly ok: false; readonly message: string };

/** Asks the trainer to stop when it appears in the run's folder: works over a network folder, where no signal does. */
export const stopFile = (folder: string): string => path.join(folder, 'stop');

/**
 * Stops a run: a last checkpoint, then state `stopped`. A process that has not stopped after `patience` milliseconds is killed
 * with its children. A run that has ended already is left as it is. Throws `InputError` when there is no run.
 */
export async function stopRun(folder: string, patience = 20_000): Promise<StopOutcome> {
  const record = await readRecord(folder);
  if (!isActive(record)) return { ok: true, record, killed: false };
  if (record.launch && isRemote(record.launch.target)) {
    const { stopRemote } = await import('../targets/stop');
    return stopRemote(folder, record, record.launch.target, patience);
  }
  const asked = await ask(folder, record);
  if (asked !== undefined) return { ok: false, message: asked };
  const ended = await waitForEnd(folder, patience);
  if (!isActive(ended)) return { ok: true, record: ended, killed: false };
  return kill(folder, ended);
}

/** Returns why the run cannot be asked. */
async function ask(folder: string, record: RunRecord): Promise<string | undefined> {
  try {
    await writeFile(stopFile(folder), '');
  } catch (error) {
    if (!isHere(record)) return t('The run on {0} cannot be asked to stop: {1}', record.host, errorMessage(error));
  }
  // Windows has no signal that a process can answer; there the file has to do.
  if (isHere(record) && record.process && process.platform !== 'win32') await signal(record.process, 'SIGTERM');
  return undefined;
}

async function waitForEnd(folder: string, patience: number): Promise<RunRecord> {
  const end = Date.now() + patience;
  let record = await readRecord(folder);
  while (isActive(record) && Date.now() < end) {
    await sleep(100);
    record = await readRecord(folder);
  }
  return record;
}

async function kill(folder: string, record: RunRecord): Promise<StopOutcome> {
  const { process: identity, worker } = record;
  if (!identity || !isHere(record)) {
    return {
      ok: false,
      message: t('The run was asked to stop, but is still going on {0}. Stop its process there.', record.host),
    };
  }
  if (worker && !(await endGroup(worker))) return { ok: false, message: notEnded(worker) };
  // The supervisor of a command has the last word on it.
  if (worker) await waitForEnd(folder, 5000);
  if (isActive(await readRecord(folder)) && !(await signal(identity, 'SIGKILL', true)))
    return { ok: false, message: notEnded(identity) };
  await waitForEnd(folder, 3000);
  const written = await readWrittenRecord(folder);
  const stopped = isActive(written)
    ? enterState(written, 'stopped', new Date(), t('It did not stop by itself and was ended.'))
    : written;
  await writeJson(recordFile(folder), stopped);
  await rm(stopFile(folder), { force: true });
  return { ok: true, record: stopped, killed: true };
}

const notEnded = ({ pid }: ProcessIdentity) => t('Process {0} does not stop, and may not be ended by you.', pid);

/** Ends a process group. False when some of it may not be ended, or does not end (it waits for a device). */
async function endGroup(leader: ProcessIdentity): Promise<boolean> {
  await signalGroup(leader, 'SIGKILL');
  for (const end = Date.now() + 3000; Date.now() < end; await sleep(50)) if (!(await groupIsAlive(leader))) return true;
  return false;
}

const isHere = (record: RunRecord): boolean => record.host === os.hostname();

/** False when it may not be done. A process that is gone, or a stranger with the same number, needs no signal. */
async function signal(identity: ProcessIdentity, name: NodeJS.Signals, group = false): Promise<boolean> {
  const state = await observe(identity);
  if (state === 'gone' || state === 'rebooted') return true;
  try {
    // The trainer leads a process group of its own.
    process.kill(group && process.platform !== 'win32' ? -identity.pid : identity.pid, name);
    return true;
  } catch {
    return (await observe(identity)) === 'gone';
  }
}
