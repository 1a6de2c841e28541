import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readRecord } from '../../../engine/runs/store';
import { stopSweep } from '../../../engine/sweep/follow';
import { resumeSweep } from '../../../engine/sweep/launch';
import { describeWithServer } from '../../support/describeWithServer';
import { allGone, Project } from './fixture';
import { sshBox } from './sshBox';
import { distanceFrom02, finished, launchFourRates, runningRuns, waitingFor02 } from './sweepFixture';

describeWithServer('openssh-server', 'a sweep over ssh', function (this: void) {
  const box = sshBox();

  it('halves: what fails leaves the others, the best goes on', async () => {
    const project = new Project(distanceFrom02);
    const fixed = { 'model.iteration': 9 };
    const halving = { strategy: 'halving', trials: 4, concurrency: 4, fixed } as const;
    const record = await finished(await launchFourRates(project, box.target, halving));
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

  it('stopped its trainings are stopped there; resumed they go on in the same runs', async () => {
    const project = new Project(waitingFor02);
    const launched = await launchFourRates(project, box.target, { concurrency: 2 });
    const runs = await runningRuns(launched, 2);
    const stopped = await stopSweep(launched);
    assert.ok(stopped.ok && stopped.record.state === 'stopped', JSON.stringify(stopped));
    assert.deepEqual(
      stopped.record.trials.map(({ state }) => state),
      ['paused', 'paused'],
    );
    for (const run of runs) await allGone(run);
    writeFileSync(path.join(box.folder, 'runs', 'go-on'), '');
    assert.ok((await resumeSweep(launched)).ok);
    const record = await finished(launched);
    assert.equal(record.best, 2);
    assert.deepEqual(
      record.trials.slice(0, 2).map(({ run }) => run),
      runs,
    );
    for (const run of runs) assert.equal((await readRecord(path.join(project.runsFolder, run))).attempts?.length, 2);
  });
});
