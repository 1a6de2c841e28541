import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { parseSweepRecord } from '../../core/sweep/parse';
import type { SweepRecord } from '../../core/sweep/record';
import { errorCode, InputError } from '../errors';
import { inParallel } from '../inParallel';
import { sweepFile, sweepsFolder } from './paths';
import { isAlive } from './process';

export interface Sweep {
  readonly folder: string;
  readonly record: SweepRecord;
}

/** All sweeps of the given folders of runs, newest first; one that cannot be read is left out. */
export async function listSweeps(runsFolders: readonly string[]): Promise<Sweep[]> {
  const folders = await inParallel(runsFolders, async (runsFolder) => {
    const parent = sweepsFolder(path.resolve(runsFolder));
    const names = await readdir(parent).catch(() => []);
    return names.map((name) => path.join(parent, name));
  });
  const read = await inParallel(folders.flat(), (folder) =>
    readSweep(folder).then(
      (record) => ({ folder, record }),
      () => undefined,
    ),
  );
  return read.filter((sweep) => sweep !== undefined).sort((a, b) => (a.record.started < b.record.started ? 1 : -1));
}

/** The record as it can be believed: a sweep whose process is gone is not running. Throws `InputError`. */
export async function readSweep(folder: string): Promise<SweepRecord> {
  const record = await readWrittenSweep(folder);
  if (record.state !== 'running' || (await isCarriedOut(folder, record))) return record;
  // It may have written its last word after the record was read.
  const again = await readWrittenSweep(folder);
  const isOver = again.state === 'running' && !(await isCarriedOut(folder, again));
  return isOver ? { ...again, state: 'interrupted' } : again;
}

/** The record as it stands in the file. Throws `InputError`. */
export async function readWrittenSweep(folder: string): Promise<SweepRecord> {
  const file = sweepFile(folder);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = errorCode(error);
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new InputError({
      file,
      problem: isMissing ? t('There is no such sweep.') : t('It cannot be read ({0}).', code ?? String(error)),
      nextStep: isMissing ? t('Name a folder in "sweeps" of the folder of runs.') : t('Check its permissions.'),
    });
  });
  const parsed = parseSweepRecord(text);
  if (parsed.ok) return parsed.record;
  throw new InputError({
    file,
    problem: parsed.reason,
    nextStep: t('Restore it from a copy, or start the sweep anew.'),
  });
}

/** A sweep that was only just started, or resumed, has no process yet. */
async function isCarriedOut(folder: string, { process: identity, host }: SweepRecord): Promise<boolean> {
  if (identity) return isAlive(identity, host);
  const written = await stat(sweepFile(folder));
  return Date.now() - written.mtimeMs < longestStart;
}

/** Milliseconds. */
const longestStart = 60_000;
