import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepRecord } from '../../core/sweep/record';
import { EventFolder } from '../../engine/events';
import { readRecord } from '../../engine/runs/store';
import { followSweep, stopSweep } from '../../engine/sweep/follow';
import { launchSweep, resumeSweep, type SweepOptions } from '../../engine/sweep/launch';
import { bestScheme, runsFolderOf } from '../../engine/sweep/paths';
import { listSweeps, readSweep } from '../../engine/sweep/store';
import { range } from '../unit/sweep/sweeps';
import { hasTrained, TrainingFolder, waitFor } from './trainingFixture';

describe('A sweep', () => {
  it('trains each configuration, and writes the best scheme as the original was written', async () => {
    const project = new TrainingFolder({
      'model.iteration': 3,
      'model.learning_rate': 0.02,
      'model.optimizer': 'adam',
    });
    const record = await sweep(project, {
      strategy: 'grid',
      ranges: { 'model.learning_rate': range('0.01,0.1'), 'model.optimizer': range('adam,sgd') },
      concurrency: 2,
    });
    assert.equal(record.state, 'finished');
    assert.equal(record.trials.length, 4);
    assert.ok(record.trials.every(({ state, objective }) => state === 'finished' && objective !== undefined));
    const best = record.trials.find(({ number }) => number === record.best)!;
    assert.equal(best.objective, Math.min(...record.trials.map(({ objective }) => objective!)));
    const run = await readRecord(path.join(project.runsFolder, best.run!));
    assert.deepEqual(run.overrides, best.values);
    assert.deepEqual(run.sweep, { id: record.id, trial: best.number });
    const original = readFileSync(project.schemeFile, 'utf8').split('\n');
    const changed = readFileSync(bestScheme(folderOf(project, record)), 'utf8').split('\n');
    const changes = original.filter((line) => !changed.includes(line)).map((line) => line.trim().split(':')[0]);
    assert.ok(changes.every((key) => key === '"learning_rate"' || key === '"optimizer"'));
    assert.equal(
      changes.length,
      Number(best.values['model.learning_rate'] !== 0.02) + Number(best.values['model.optimizer'] !== 'adam'),
    );
    const [listed] = await listSweeps([project.runsFolder]);
    assert.deepEqual(listed?.record, record);
  });

  it('outlives trials that fail, whatever they fail of', async () => {
    const project = new TrainingFolder({ 'model.iteration': 1 });
    const record = await sweep(project, {
      strategy: 'grid',
      ranges: { 'model.network.0.kernel': range('[3,3],[-3,3]'), 'model.learning_rate': range('0.01,1e30') },
    });
    assert.equal(record.state, 'finished');
    const states = record.trials.map(({ state }) => state);
    assert.equal(states.length, 4);
    assert.deepEqual(states.slice(2), ['failed', 'failed']);
    assert.ok(record.trials[2]!.error?.includes('kernel'), record.trials[2]!.error);
    assert.equal(record.trials[2]!.run, undefined);
    assert.equal(states[0], 'finished');
    assert.equal(record.best, 1);
  });

  it('is refused when its keys are wrong, and leaves nothing behind', async () => {
    const project = new TrainingFolder();
    const outcome = await launchSweep(options(project, { ranges: { 'model.learning_rat': range('0.01,0.1') } }));
    assert.ok(!outcome.ok);
    assert.match(outcome.message, /learning_rat/);
    const nothing = await launchSweep(options(project, { ranges: {} }));
    assert.ok(!nothing.ok);
    assert.match(nothing.message, /nothing to sweep/);
    assert.deepEqual(await listSweeps([project.runsFolder]), []);
  });

  it('ends when nothing can be started at all, and says why', async () => {
    const project = new TrainingFolder();
    const record = await sweep(project, {
      ranges: { 'data.data_path': range('nowhere.npz,elsewhere.npz,not.npz,no.npz') },
    });
    assert.equal(record.state, 'failed');
    assert.match(record.error ?? '', /3 times in a row nothing could be started: .*There is no data at/);
    assert.deepEqual(record.trials, []);
  });

  it('halves: the best go on from their checkpoints, as if they had been trained so long at once', async () => {
    const project = new TrainingFolder({ 'model.iteration': 6 });
    const record = await sweep(project, {
      strategy: 'halving',
      trials: 3,
      ranges: { 'model.learning_rate': range('1e-4..1e-1:log') },
      concurrency: 3,
    });
    assert.deepEqual(
      record.trials.map(({ rung, epochs }) => [rung, epochs]),
      [
        [0, 2],
        [0, 2],
        [0, 2],
        [1, undefined],
      ],
    );
    assert.equal(record.best, 4);
    const [, , , last] = record.trials;
    const folder = path.join(project.runsFolder, last!.run!);
    const longest = await readRecord(folder);
    assert.equal(longest.progress?.epochs, 6);
    assert.equal(longest.continues, record.trials[last!.configuration]!.run);
    assert.doesNotMatch(readFileSync(path.join(folder, 'output.log'), 'utf8'), /^epoch [12]\/6 /m);
    const whole = await project.train({ overrides: longest.overrides });
    for (const file of ['checkpoints/last.safetensors', 'checkpoints/best.safetensors', 'evaluation.npz'])
      assert.ok(readFileSync(path.join(folder, file)).equals(readFileSync(path.join(whole.folder, file))), file);
    assert.equal(longest.metrics.best['loss/validation'], whole.record.metrics.best['loss/validation']);
    assert.deepEqual(await curveOf(folder), await curveOf(whole.folder));
  });

  it('is stopped, its trainings paused, and goes on where it was', async () => {
    const project = new TrainingFolder({ 'model.iteration': 120 });
    const launched = await launchSweep(
      options(project, { trials: 2, ranges: { 'model.learning_rate': range('1e-4..1e-2:log') }, concurrency: 2 }),
    );
    assert.ok(launched.ok);
    const started = await until(
      launched.folder,
      ({ trials }) => trials.filter(({ run }) => run !== undefined).length === 2,
    );
    for (const { run } of started.trials) await waitFor(path.join(project.runsFolder, run!), hasTrained);
    const stopped = await stopSweep(launched.folder);
    assert.ok(stopped.ok && stopped.record.state === 'stopped');
    assert.deepEqual(
      stopped.record.trials.map(({ state }) => state),
      ['paused', 'paused'],
    );
    const runs = stopped.record.trials.map(({ run }) => run);
    assert.ok((await resumeSweep(launched.folder)).ok);
    const again = await resumeSweep(launched.folder);
    assert.ok(!again.ok);
    const ended = await followSweep(launched.folder, () => undefined, AbortSignal.timeout(180_000));
    assert.equal(ended.state, 'finished');
    assert.deepEqual(
      ended.trials.map(({ run }) => run),
      runs,
    );
    assert.ok(ended.trials.every(({ state }) => state === 'finished'));
  });

  it('whose process is killed is interrupted, not running; resumed it starts nothing twice', async () => {
    const project = new TrainingFolder({ 'model.iteration': 60 });
    const launched = await launchSweep(
      options(project, { trials: 2, ranges: { 'model.learning_rate': range('1e-4..1e-2:log') } }),
    );
    assert.ok(launched.ok);
    const running = await until(launched.folder, ({ trials }) => trials[0]?.run !== undefined);
    process.kill(running.process!.pid, 'SIGKILL');
    await until(launched.folder, ({ state }) => state === 'interrupted');
    // As if it had been killed between starting the run and writing down its id.
    const { run: known, ...trial } = running.trials[0]!;
    const torn = { ...running, trials: [{ ...trial, state: 'starting' }] };
    writeFileSync(path.join(launched.folder, 'sweep.json'), JSON.stringify(torn));
    assert.ok((await resumeSweep(launched.folder)).ok);
    const ended = await followSweep(launched.folder, () => undefined, AbortSignal.timeout(180_000));
    assert.equal(ended.state, 'finished');
    assert.equal(ended.trials.length, 2);
    assert.equal(ended.trials[0]!.run, known);
  });
});

function options(project: TrainingFolder, more: Partial<SweepOptions>): SweepOptions {
  return {
    schemeFile: project.schemeFile,
    runsFolder: project.runsFolder,
    ranges: {},
    launch: { target: { name: 'embedded', kind: 'embedded' }, threads: 1 },
    ...more,
  };
}

async function sweep(project: TrainingFolder, more: Partial<SweepOptions>): Promise<SweepRecord> {
  const launched = await launchSweep(options(project, more));
  assert.ok(launched.ok, launched.ok ? '' : launched.message);
  assert.equal(runsFolderOf(launched.folder), project.runsFolder);
  return followSweep(launched.folder, () => undefined, AbortSignal.timeout(180_000));
}

async function curveOf(folder: string): Promise<unknown> {
  const log = new EventFolder(folder);
  await log.refresh();
  return log.read(['loss/train', 'loss/validation'], 100).map(({ tag, steps, values }) => ({ tag, steps, values }));
}

const folderOf = (project: TrainingFolder, { id }: SweepRecord) => path.join(project.runsFolder, 'sweeps', id);

async function until(folder: string, holds: (record: SweepRecord) => boolean): Promise<SweepRecord> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) {
    const record = await readSweep(folder);
    if (holds(record)) return record;
  }
  return assert.fail('The sweep did not come so far.');
}
