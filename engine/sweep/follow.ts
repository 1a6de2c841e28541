import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../core/l10n';
import { isOpen, type SweepRecord, type SweepTrial } from '../../core/sweep/record';
import { errorMessage } from '../errors';
import { writeJson } from '../files';
import { stopRun } from '../runs/stop';
import { runsFolderOf, stopFile, sweepFile } from './paths';
import { readSweep, readWrittenSweep } from './store';
import { stopTrials } from './trials';

/** Milliseconds. */
const interval = 300;

/** Tells how a sweep goes on until it has ended; resolves with its record. Aborting `signal` ends the following alone. */
export async function followSweep(
  folder: string,
  onChange: (record: SweepRecord) => void,
  signal?: AbortSignal,
): Promise<SweepRecord> {
  let told = '';
  for (;;) {
    const record = await readSweep(folder);
    const text = JSON.stringify(record);
    if (text !== told) onChange(record);
    told = text;
    if (record.state !== 'running' || signal?.aborted) return record;
    await sleep(interval, undefined, { ...(signal && { signal }) }).catch(() => undefined);
  }
}

export type StopSweepOutcome =
  | { readonly ok: true; readonly record: SweepRecord }
  | { readonly ok: false; readonly message: string };

/**
 * Stops a sweep: its trainings are paused, each with a last checkpoint, so that the sweep can be resumed. A sweep that has ended
 * is left as it is. Throws `InputError` when there is none.
 */
export async function stopSweep(folder: string, patience = 120_000): Promise<StopSweepOutcome> {
  const record = await readSweep(folder);
  if (record.state === 'interrupted') return stopHere(folder, record);
  if (record.state !== 'running') return { ok: true, record };
  try {
    await writeFile(stopFile(folder), '');
  } catch (error) {
    return { ok: false, message: t('The sweep cannot be asked to stop: {0}', errorMessage(error)) };
  }
  const ended = await followSweep(folder, () => undefined, AbortSignal.timeout(patience));
  if (ended.state === 'running')
    return { ok: false, message: t('The sweep was asked to stop, but is still going on {0}.', ended.host) };
  return ended.state === 'interrupted' ? stopHere(folder, ended) : { ok: true, record: ended };
}

/** Its process is gone, but trainings that it started may go on. */
async function stopHere(folder: string, before: SweepRecord): Promise<StopSweepOutcome> {
  const open = before.trials.filter((trial) => isOpen(trial) && trial.run !== undefined);
  const stop = ({ run }: SweepTrial) => stopRun(path.join(runsFolderOf(folder), run!)).catch(() => undefined);
  const outcomes = await stopTrials(folder, before, open, stop, () => undefined);
  const failed = outcomes.find((outcome) => outcome && !outcome.ok);
  if (failed && !failed.ok) return failed;
  const record = { ...(await readWrittenSweep(folder)), state: 'stopped' as const, ended: new Date().toISOString() };
  await writeJson(sweepFile(folder), record);
  await rm(stopFile(folder), { force: true });
  return { ok: true, record };
}
