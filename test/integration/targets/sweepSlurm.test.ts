import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SlurmTarget } from '../../../core/runs/target';
import { readRecord } from '../../../engine/runs/store';
import { stopSweep } from '../../../engine/sweep/follow';
import { resumeSweep } from '../../../engine/sweep/launch';
import { describeWithServer } from '../../support/describeWithServer';
import { TestSlurm } from '../../support/slurm';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { allGone, Project, until } from './fixture';
import { distanceFrom02, finished, launchFourRates, runningRuns, waitingFor02 } from './sweepFixture';

describeWithServer('slurm-wlm', 'a sweep in the queue of Slurm', function (this: void) {
  const root = temporaryFolder();
  const folder = path.join(root, 'cluster');
  const target: SlurmTarget = { name: 'cluster', kind: 'slurm', folder, partition: 'debug', time: '00:05:00' };
  let slurm: TestSlurm;

  before(async () => {
    mkdirSync(folder, { recursive: true });
    slurm = await TestSlurm.start(path.join(root, 'slurm'));
    process.env.SLURM_CONF = slurm.config;
  });

  after(async () => {
    await slurm.stop();
    delete process.env.SLURM_CONF;
  });

  it('is one array; a trial that fails leaves the others', async () => {
    const project = new Project(distanceFrom02);
    const sweep = await finished(await launchFourRates(project, target, { concurrency: 2 }));
    assert.deepEqual(
      sweep.trials.map(({ state }) => state),
      ['finished', 'finished', 'finished', 'failed'],
    );
    assert.equal(sweep.best, 2);
    const runs = await Promise.all(sweep.trials.map(({ run }) => readRecord(path.join(project.runsFolder, run!))));
    const [job] = runs[0]!.remote!.job!.split('_');
    assert.deepEqual(
      runs.map(({ remote }) => remote?.job),
      [0, 1, 2, 3].map((index) => `${job}_${index}`),
    );
  });

  it('stopped it leaves nothing in the queue; resumed it is one array again, of which no more run at a time', async () => {
    const project = new Project(waitingFor02);
    const launched = await launchFourRates(project, target, { concurrency: 1 });
    const [run] = await runningRuns(launched, 1);
    const stopped = await stopSweep(launched);
    assert.ok(stopped.ok, JSON.stringify(stopped));
    assert.deepEqual(
      stopped.record.trials.map(({ state }) => state),
      ['paused', 'paused', 'paused', 'paused'],
    );
    await until('the queue is empty', () => slurm.run('squeue', '-h').trim() === '');
    await allGone(run!);
    assert.ok((await resumeSweep(launched)).ok);
    await until('they are queued again', () => queued().length === 4);
    await until('one of them runs', () => queued().includes('RUNNING'));
    assert.deepEqual(queued().sort(), ['PENDING', 'PENDING', 'PENDING', 'RUNNING']);
    writeFileSync(path.join(folder, 'runs', 'go-on'), '');
    const sweep = await finished(launched);
    assert.equal(sweep.best, 2);
    const runs = await Promise.all(sweep.trials.map((each) => readRecord(path.join(project.runsFolder, each.run!))));
    const jobs = runs.map(({ remote }) => remote!.job!.split('_'));
    assert.equal(new Set(jobs.map(([job]) => job)).size, 1, 'one array');
    assert.equal(runs[0]!.attempts?.length, 2);
  });

  const queued = (): string[] => slurm.run('squeue', '-h', '-r', '-o', '%T').trim().split('\n').filter(Boolean);
});
