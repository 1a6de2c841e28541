import assert from 'node:assert/strict';
import path from 'node:path';
import type { Target } from '../../../core/runs/target';
import type { SweepRecord } from '../../../core/sweep/record';
import { readRecord } from '../../../engine/runs/store';
import { followSweep } from '../../../engine/sweep/follow';
import { launchSweep, type SweepOptions } from '../../../engine/sweep/launch';
import { runsFolderOf } from '../../../engine/sweep/paths';
import { readSweep } from '../../../engine/sweep/store';
import { range } from '../../unit/sweep/sweeps';
import { type Project, until } from './fixture';

const end = `
const { readFileSync, writeFileSync, existsSync } = require('node:fs');
const { MATCHDOWN_SCHEME, MATCHDOWN_RUN_DIR } = process.env;
const { model } = JSON.parse(readFileSync(MATCHDOWN_SCHEME));
function finish() {
  if (model.learning_rate > 0.35) process.exit(1);
  const metrics = { final: { 'loss/validation': Math.abs(model.learning_rate - 0.2) }, best: {} };
  writeFileSync(MATCHDOWN_RUN_DIR + '/result.json', JSON.stringify({ state: 'finished', metrics }));
}`;

/** Trains nothing: the loss is the learning rate's distance from 0.2; a rate above 0.35 fails. */
export const distanceFrom02 = `${end}
finish();`;

/** The same, but it does so only once it may: it waits for a file `go-on` beside the folders of the runs. */
export const waitingFor02 = `${end}
setInterval(() => existsSync(MATCHDOWN_RUN_DIR + '/../go-on') && (finish(), process.exit()), 50);`;

/** The runs of a sweep, as soon as so many of them run. */
export async function runningRuns(folder: string, count: number): Promise<string[]> {
  let running: string[] = [];
  await until(`${count} are trained`, async () => {
    const ids = (await readSweep(folder)).trials.flatMap(({ run }) => run ?? []);
    const records = await Promise.all(ids.map((id) => readRecord(path.join(runsFolderOf(folder), id))));
    running = records.filter(({ state, attempts }) => state === 'running' && attempts).map(({ id }) => id);
    return running.length === count;
  });
  return running;
}

/** Launches a sweep of four learning rates, a grid unless said otherwise; its folder. */
export async function launchFourRates(
  { schemeFile, runsFolder }: Project,
  target: Target,
  more: Partial<SweepOptions>,
): Promise<string> {
  const launched = await launchSweep({
    schemeFile,
    runsFolder,
    strategy: 'grid',
    ranges: { 'model.learning_rate': range('0.1,0.2,0.3,0.4') },
    launch: { target, command: [process.execPath, 'train.cjs'] },
    ...more,
  });
  assert.ok(launched.ok, JSON.stringify(launched));
  return launched.folder;
}

/** The record of a sweep that has finished. */
export async function finished(folder: string): Promise<SweepRecord> {
  const record = await followSweep(folder, () => undefined, AbortSignal.timeout(240_000));
  assert.equal(record.state, 'finished', record.error);
  return record;
}
