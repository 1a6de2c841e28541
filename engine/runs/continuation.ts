import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EventFileEncoder, eventFileName } from '../../core/events/write';
import type { Series } from '../../core/protocol/runs';
import type { RunRecord } from '../../core/runs/record';
import { errorCode } from '../errors';
import { EventFolder } from '../events';
import { makeFolders, writeJson } from '../files';
import type { NewRun } from './create';
import { readRecord, recordFile } from './store';

/**
 * Gives a new embedded run what an earlier one with the same scheme but for `model.iteration` has come to: its last and its best
 * checkpoint, its curves, and its metrics so far. The trainer takes it from there; the result is the same as if it had been
 * trained from its beginning. Resolves with the run as it is to be started.
 */
export async function continueFrom(earlier: string, run: NewRun): Promise<NewRun> {
  const { id, metrics, data, validationData } = await readRecord(earlier);
  const names = ['last.safetensors', 'best.safetensors'];
  await makeFolders(path.join(run.folder, 'checkpoints'));
  for (const name of names)
    await copyIfThere(path.join(earlier, 'checkpoints', name), path.join(run.folder, 'checkpoints', name));
  await copyCurves(earlier, run.folder);
  const record: RunRecord = {
    ...run.record,
    continues: id,
    metrics,
    // The trainer refuses to go on with other data.
    ...(data && { data }),
    ...(validationData && { validationData }),
  };
  await writeJson(recordFile(run.folder), record);
  return { ...run, record };
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
}

/** Without the earlier run's hyperparameters: the number of epochs was another one. */
async function copyCurves(from: string, to: string): Promise<void> {
  const log = new EventFolder(from);
  await log.refresh();
  const tags = log.tags().map(({ tag }) => tag);
  const points = log.read(tags, Number.MAX_SAFE_INTEGER).flatMap(pointsOf);
  const start = Math.min(...points.map(({ time }) => time));
  if (points.length === 0) return;
  const encoder = new EventFileEncoder();
  const records = points
    .sort((a, b) => a.time - b.time)
    .map(({ time, step, tag, value }) => encoder.scalars(time, step, [[tag, value]]));
  await writeFile(path.join(to, eventFileName(start, 'earlier', 0)), Buffer.concat([encoder.start(start), ...records]));
}

const pointsOf = ({ tag, steps, wallTimes, values }: Series) =>
  steps.map((step, at) => ({ tag, step, time: wallTimes[at]!, value: values[at] ?? Number.NaN }));
