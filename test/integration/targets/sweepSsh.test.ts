import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SweepRecord } from '../../../core/sweep/record';
import { readRecord } from '../../../engine/runs/store';
import { followSweep, stopSweep } from '../../../engine/sweep/follow';
import { launchSweep, resumeSweep, type SweepOptions } from '../../../engine/sweep/launch';
import { describeWithServer } from '../../support/describeWithServer';
import { range } from '../../unit/sweep/sweeps';
import { allGone, Project } from './fixture';
import { sshBox } from './sshBox';
import { distanceFrom02, runningRuns, waitingFor02 } from './sweepFixture';

describeWithServer('openssh-server', 'a sweep over ssh', function (this: void) {
  const box = sshBox();

  const options = (project: Project, more: Partial<SweepOptions>): SweepOptions => ({
    schemeFile: project.schemeFile,
    runsFolder: project.runsFolder,
    ranges: { 'model.learning_rate': range('0.1,0.2,0.3,0.4') },
    launch: { target: box.target, command: [process.execPath, 'train.cjs'] },
    ...more,
  });

  it('halves: what fails leaves the others, the best goes on', async function () {
    this.timeout(120_000);
    const project = new Project(distanceFrom02);
    const fixed = { 'model.iteration': 9 };
    const record = await sweep(options(project, { strategy: 'halving', trials: 4, concurrency: 4, fixed }));
    assert.equal(record.state, 'finished', record.error);
    const failed = record.trials.filter(({ state }) => state === 'failed');
    assert.deepEqual(
      failed.map(({ values }) => values['model.learning_rate']),
      [0.4],
    );
    const best = record.trials.find(({ number }) => number === record.best);
    assert.deepEqual([best?.rung, best?.values['model.learning_rate']], [1, 0.2]);
    for (const { run } of record.trials) {
      const { remote } = await readRecord(path.join(project.runsFolder, run!));
      assert.equal(remote?.folder, path.join(box.folder, 'runs', run!));
    }
  });

  it('stopped its trainings are stopped there; resumed they go on in the same runs', async function () {
    this.timeout(120_000);
    const project = new Project(waitingFor02);
    const launched = await launchSweep(options(project, { strategy: 'grid', concurrency: 2 }));
    assert.ok(launched.ok, JSON.stringify(launched));
    const runs = await runningRuns(launched.folder, 2);
    const stopped = await stopSweep(launched.folder);
    assert.ok(stopped.ok && stopped.record.state === 'stopped', JSON.stringify(stopped));
    assert.deepEqual(
      stopped.record.trials.map(({ state }) => state),
      ['paused', 'paused'],
    );
    for (const run of runs) await allGone(run);
    writeFileSync(path.join(box.folder, 'runs', 'go-on'), '');
    assert.ok((await resumeSweep(launched.folder)).ok);
    const record = await followSweep(launched.folder, () => undefined, AbortSignal.timeout(90_000));
    assert.equal(record.state, 'finished', record.error);
    assert.equal(record.best, 2);
    assert.deepEqual(
      record.trials.slice(0, 2).map(({ run }) => run),
      runs,
    );
    for (const run of runs) assert.equal((await readRecord(path.join(project.runsFolder, run))).attempts?.length, 2);
  });
});

async function sweep(options: SweepOptions): Promise<SweepRecord> {
  const launched = await launchSweep(options);
  assert.ok(launched.ok, JSON.stringify(launched));
  return followSweep(launched.folder, () => undefined, AbortSignal.timeout(90_000));
}
