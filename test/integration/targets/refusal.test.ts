import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Target } from '../../../core/runs/target';
import { resumeRun } from '../../../engine/runs/launch';
import { stopRun } from '../../../engine/runs/stop';
import { readRecord } from '../../../engine/runs/store';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { allow, type Refusal, refusable, refuse } from '../refusal';
import { allGone, ended, outputOf, Project, patience, programs, until, waitFor } from './fixture';

const local: Target = { name: 'local', kind: 'local', gpus: 'none' };

/** Waits for a file `go-on`, and ends with the exit status that stands in it. */
const waiting = `
  const fs = require('node:fs'), file = process.env.MATCHDOWN_RUN_DIR + '/go-on';
  console.log('begun');
  const status = () => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');
  setInterval(() => status() && process.exit(Number(status())), 20);`;

const readOnly: Refusal = { code: 'EACCES', flags: ['wx', 'r+'] };
const full: Refusal = { code: 'ENOSPC', flags: ['wx'] };
const notWritable = /^The run folder cannot be written to: EACCES: .* Check its permissions, then resume the run\./;

describe("the user's own command, whose run folder takes nothing more", () => {
  /** A run whose folder has refused from some time on, and whose command then ended. */
  async function runInto(refusal: Refusal, status: number): Promise<string> {
    const folder = await refusable(() => new Project(waiting).launch(local));
    await waitFor(folder, ({ state }) => state === 'running');
    await until('it has begun', () => outputOf(folder) !== '');
    refuse(folder, refusal);
    writeFileSync(path.join(folder, 'go-on'), String(status));
    await allGone(folder);
    return folder;
  }

  for (const [what, refusal, sentence] of [
    ['a full disk', full, /^There is no room left on the disk: ENOSPC: .*'\. Make room, then resume the run\./],
    ['a folder that is read-only, and its record with it', readOnly, notWritable],
  ] as const) {
    it(`${what}: a command that failed has failed because of that`, async () => {
      const folder = await runInto(refusal, 3);
      const { state, error, history } = await readRecord(folder);
      assert.deepEqual([state, history.at(-1)?.reason], ['failed', error]);
      assert.match(error ?? '', sentence);
      assert.match(error ?? '', /The last line of output\.log: begun$/);
      assert.doesNotMatch(outputOf(folder), /\n +at /);
    });
  }

  it('a command that did without room has finished', async () => {
    assert.equal((await readRecord(await runInto(full, 0))).state, 'finished');
  });

  it('before it begins: it is not started, and resumed once there is room', async () => {
    const folder = await runInto(full, 3);
    allow(folder);
    refuse(folder, { code: 'EACCES', flags: ['a'] });
    const resumed = await refusable(() => resumeRun(folder));
    assert.ok(resumed.ok, JSON.stringify(resumed));
    assert.match((await ended(folder)).error ?? '', notWritable);
    assert.equal(outputOf(folder), 'begun\n');
    allow(folder);
    writeFileSync(path.join(folder, 'go-on'), '0');
    assert.ok((await resumeRun(folder)).ok);
    assert.equal((await ended(folder)).state, 'finished');
  });

  it('stopped it is stopped', async () => {
    const folder = await refusable(() => new Project(programs.count).launch(local));
    await until('it counts', () => outputOf(folder).includes('line 1'));
    refuse(folder, full);
    const outcome = await stopRun(folder, patience);
    assert.ok(outcome.ok && outcome.record.state === 'stopped' && !outcome.killed, JSON.stringify(outcome));
    await allGone(outcome.record.id);
  });

  it('removed with all that is in it: the command is ended, since nobody could stop it any more', async () => {
    const folder = await new Project(programs.count).launch(local);
    const { worker, id } = await waitFor(folder, (record) => record.worker !== undefined);
    assert.ok(readFileSync(`/proc/${worker!.pid}/cmdline`, 'utf8').includes('train.cjs'));
    renameSync(folder, path.join(temporaryFolder(), 'elsewhere'));
    await allGone(id);
  });
});
