import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { SlurmTarget } from '../../../core/runs/target';
import { readRecord } from '../../../engine/runs/store';
import { followSweep } from '../../../engine/sweep/follow';
import { launchSweep } from '../../../engine/sweep/launch';
import { describeWithServer } from '../../support/describeWithServer';
import { TestSlurm } from '../../support/slurm';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { range } from '../../unit/sweep/sweeps';
import { Project } from './fixture';

/** Trains nothing: the loss is the learning rate's distance from 0.2. */
const program = `
const { readFileSync, writeFileSync } = require('node:fs');
const { model } = JSON.parse(readFileSync(process.env.MATCHDOWN_SCHEME));
if (model.learning_rate > 0.35) process.exit(1);
const metrics = { final: { 'loss/validation': Math.abs(model.learning_rate - 0.2) }, best: {} };
writeFileSync(process.env.MATCHDOWN_RUN_DIR + '/result.json', JSON.stringify({ state: 'finished', metrics }));`;

describeWithServer('slurm-wlm', 'a sweep in the queue of Slurm', function (this: void) {
  const root = temporaryFolder();
  const folder = path.join(root, 'cluster');
  const target: SlurmTarget = { name: 'cluster', kind: 'slurm', folder, partition: 'debug', time: '00:05:00' };
  let slurm: TestSlurm;

  before(async function () {
    this.timeout(60_000);
    mkdirSync(folder, { recursive: true });
    slurm = await TestSlurm.start(path.join(root, 'slurm'));
    process.env.SLURM_CONF = slurm.config;
  });

  after(async function () {
    this.timeout(30_000);
    await slurm.stop();
    delete process.env.SLURM_CONF;
  });

  it('is one array; a trial that fails leaves the others', async function () {
    this.timeout(90_000);
    const project = new Project(program);
    const launched = await launchSweep({
      schemeFile: project.schemeFile,
      runsFolder: project.runsFolder,
      strategy: 'grid',
      ranges: { 'model.learning_rate': range('0.1,0.2,0.3,0.4') },
      concurrency: 2,
      launch: { target, command: [process.execPath, 'train.cjs'] },
    });
    assert.ok(launched.ok, JSON.stringify(launched));
    const sweep = await followSweep(launched.folder, () => undefined, AbortSignal.timeout(60_000));
    assert.equal(sweep.state, 'finished', sweep.error);
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
});
