import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { followSweep } from '../../../engine/sweep/follow';
import { launchSweep, resumeSweep } from '../../../engine/sweep/launch';
import { range } from '../../unit/sweep/sweeps';
import { allow, refusable, refuse } from '../refusal';
import { allGone, Project, until } from './fixture';

describe('a sweep whose folder takes nothing more', () => {
  it('ends with what to do; what it has started goes on, and resumed it loses no trial', async () => {
    const project = new Project(`
      const fs = require('fs'), file = 'go-on';
      fs.writeFileSync('begun', '');
      setInterval(() => fs.existsSync(file) && process.exit(), 20);`);
    const outcome = await refusable(() =>
      launchSweep({
        schemeFile: project.schemeFile,
        runsFolder: project.runsFolder,
        launch: { target: { name: 'local', kind: 'local', gpus: 'none' }, command: [process.execPath, 'train.cjs'] },
        ranges: { 'model.learning_rate': range('0.1,0.2,0.3') },
        strategy: 'grid',
        concurrency: 1,
      }),
    );
    assert.ok(outcome.ok, JSON.stringify(outcome));
    const { folder } = outcome;
    await until('the first trial has begun', () => existsSync(path.join(project.folder, 'begun')));
    refuse(folder, { code: 'ENOSPC', flags: ['wx'] });
    writeFileSync(path.join(project.folder, 'go-on'), '');
    const failed = await followSweep(folder, () => undefined, AbortSignal.timeout(180_000));
    assert.equal(failed.state, 'failed');
    assert.match(failed.error ?? '', /^The folder of the sweep takes nothing more: ENOSPC: .* then resume the sweep; /);
    assert.doesNotMatch(readFileSync(path.join(folder, 'output.log'), 'utf8'), /\n +at /);
    allow(folder);
    assert.ok((await resumeSweep(folder)).ok);
    const { state, trials } = await followSweep(folder, () => undefined, AbortSignal.timeout(180_000));
    assert.equal(state, 'finished');
    assert.deepEqual(
      trials.map((trial) => trial.state),
      ['finished', 'finished', 'finished'],
    );
    await allGone(project.folder);
  });
});
