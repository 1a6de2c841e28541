import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { entryPoint } from '../../engine/entryPoint';
import { resumeRun } from '../../engine/runs/launch';
import { stopRun } from '../../engine/runs/stop';
import { readRecord } from '../../engine/runs/store';
import { decodeSafetensors } from '../../engine/training/checkpoint';
import { allow, refusable, refuse } from './refusal';
import { ended, forever, hasTrained, TrainingFolder, waitFor, withHead } from './trainingFixture';

describe('the embedded trainer', () => {
  it('refuses a scheme that was changed, also where a queue starts it again', async () => {
    const { folder } = await new TrainingFolder({ 'model.iteration': 1 }).train();
    const scheme = path.join(folder, 'scheme.json');
    const [frozen, checkpoint] = [readFileSync(scheme, 'utf8'), readFileSync(lastCheckpoint(folder))];
    const startsAgain = async () => {
      const { status, stderr } = spawnSync(process.execPath, [entryPoint('trainer'), folder], { encoding: 'utf8' });
      const { state, error } = await readRecord(folder);
      assert.deepEqual([status, state, stderr], [1, 'failed', `Failed: ${error}\n`]);
      assert.ok(readFileSync(lastCheckpoint(folder)).equals(checkpoint));
      return error;
    };
    writeFileSync(scheme, frozen.replace('"learning_rate": 0.01', '"learning_rate": 0.02'));
    assert.equal(
      await startsAgain(),
      `${scheme}: The scheme has changed since the run began. Restore it, or start a new run with the changes.`,
    );
    rmSync(scheme);
    assert.equal(await startsAgain(), `${scheme}: It cannot be read (ENOENT). Restore it, or start a new run.`);
  });

  it('refuses a checkpoint of another optimizer or network', async () => {
    const [sgd, wider] = [{ 'model.optimizer': 'sgd' }, { 'model.network': withHead(5) }];
    const changed = (changes = {}) => new TrainingFolder({ 'model.iteration': 1, ...changes }).train();
    const [{ folder }, ...others] = await Promise.all([changed(), changed(sgd), changed(wider)]);
    const refusals = others.map((other) => {
      cpSync(lastCheckpoint(other.folder), lastCheckpoint(folder));
      return spawnSync(process.execPath, [entryPoint('trainer'), folder], { encoding: 'utf8' }).stderr;
    });
    const [optimizer, network] = refusals;
    const file = lastCheckpoint(folder);
    const step = "Restore scheme.json in the run's folder, or start a new run.";
    assert.equal(optimizer, `Failed: ${file}: The checkpoint is of another network or optimizer. ${step}\n`);
    assert.match(network!, /^Failed: .*: The checkpoint is of another network: .* Restore scheme\.json .*\n$/);
  });

  for (const [what, refusal, sentence] of [
    [
      'a disk that is full, but for the files that are there',
      { code: 'ENOSPC', flags: ['wx'] },
      /^There is no room left on the disk: ENOSPC: .*\. Make room, then resume the run\.$/,
    ],
    [
      'a run folder that becomes read-only',
      { code: 'EACCES', flags: ['wx', 'r+'] },
      /^The run folder cannot be written to: EACCES: .*\. Check its permissions, then resume the run\.$/,
    ],
  ] as const)
    it(`ends at ${what} with one sentence, and keeps its checkpoint`, async () => {
      const project = new TrainingFolder({ ...forever, 'model.save_interval': 1 });
      const folder = await refusable(() => project.launch());
      await waitFor(folder, hasTrained);
      // The trainer looks at it all the time: it comes whole.
      refuse(folder, refusal);
      const { state, error, history } = await ended(folder);
      assert.equal(state, 'failed');
      assert.match(error ?? '', sentence);
      assert.equal(history.at(-1)?.reason, error);
      const output = readFileSync(path.join(folder, 'output.log'), 'utf8');
      assert.ok(output.endsWith(`\nFailed: ${error}\n`) && !/\n +at /.test(output), output);
      const { position } = decodeSafetensors('last', readFileSync(lastCheckpoint(folder)));
      assert.ok(position.step > 0);
      allow(folder);
      assert.ok((await resumeRun(folder, { threads: 1 })).ok);
      await waitFor(folder, (now) => now.state === 'running' && (now.progress?.step ?? 0) > position.step);
      assert.ok((await stopRun(folder)).ok);
    });

  it('is believed by its last words where its record does not say how it ended, but not by those of an earlier attempt', async () => {
    const { folder, record } = await new TrainingFolder({ 'model.iteration': 1 }).train();
    const gone = { ...record.process, pid: spawnSync(process.execPath, ['--version']).pid };
    const history = [{ state: 'running', time: new Date().toISOString() }];
    writeFileSync(
      path.join(folder, 'run.json'),
      JSON.stringify({ ...record, state: 'running', process: gone, history }),
    );
    const log = path.join(folder, 'output.log');
    writeFileSync(log, 'Failed: No more.\n');
    utimesSync(log, new Date(), new Date(Date.now() + 5000));
    const { state, error } = await readRecord(folder);
    assert.deepEqual([state, error], ['failed', 'No more.']);
    utimesSync(log, new Date(), new Date(Date.now() - 60_000));
    assert.match((await readRecord(folder)).error ?? '', /ended without a word/);
  });
});

const lastCheckpoint = (folder: string): string => path.join(folder, 'checkpoints', 'last.safetensors');
