import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ProcessIdentity } from '../../../core/runs/record';
import type { Target } from '../../../core/runs/target';
import { readRecord } from '../../../engine/runs/store';
import { describeWithServer } from '../../support/describeWithServer';
import { CommandLine, type Ended, matchdown } from '../cliFixture';
import { allGone, outputOf, Project, programs, until, waitFor } from './fixture';
import { sshBox } from './sshBox';

/** Counts to 150, and once there is a file `go-on` in its folder to 300; then it ends. */
const counting = `
  const { existsSync } = require('node:fs');
  let at = 0;
  setInterval(() => {
    if (at < 150 || (at < 300 && existsSync(process.env.MATCHDOWN_RUN_DIR + '/go-on'))) console.log('line', at++);
    else if (at === 300) process.exit();
  }, 20);`;

const lines = Array.from({ length: 300 }, (_, at) => `line ${at}\n`).join('');

/** Two windows do the same at the same moment. */
const twice = (folder: string, ...argv: string[]): Promise<Ended[]> =>
  Promise.all([1, 2].map(() => matchdown(folder, ...argv)));

describe('two windows on one run', () => {
  describeWithServer('openssh-server', 'on another machine', function (this: void) {
    const box = sshBox();

    it('both follow it; when the one that mirrors is killed the other does; no line is lost or doubled', async () => {
      const project = new Project(counting);
      const folder = await project.launch(box.target);
      const { id } = await readRecord(folder);
      const windows = [1, 2].map(() => new CommandLine(project.folder, ['runs', 'attach', id]));
      await until('both show it', () => windows.every(({ out }) => out.includes('line 20\n')));
      const lock = JSON.parse(readFileSync(path.join(folder, 'attach.lock'), 'utf8')) as { process: ProcessIdentity };
      const mirroring = windows.find(({ child }) => child.pid === lock.process.pid);
      assert.ok(mirroring, 'one of them mirrors it');
      mirroring.child.kill('SIGKILL');
      writeFileSync(path.join(box.folder, 'runs', id, 'go-on'), '');
      const other = windows.find((window) => window !== mirroring)!;
      const { status, out } = await other.ended;
      assert.equal(status, 0);
      assert.ok(out.startsWith(lines), out);
      assert.equal(outputOf(folder), lines);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('lock')),
        [],
      );
    });

    it('stopped, resumed and deleted by both it is stopped, resumed and deleted once', () =>
      stopResumeDelete(box.target));
  });

  it('of a command here: stopped, resumed and deleted once', () =>
    stopResumeDelete({ name: 'local', kind: 'local', gpus: 'none' }));
});

async function stopResumeDelete(target: Target): Promise<void> {
  const project = new Project(programs.count);
  const folder = await project.launch(target);
  const { id } = await readRecord(folder);
  const windows = [1, 2].map(() => new CommandLine(project.folder, ['runs', 'attach', id]));
  await until('it counts', () => windows.every(({ out }) => out.includes('line 3\n')));
  for (const { status, out } of await twice(project.folder, 'runs', 'stop', id))
    assert.deepEqual([status, out], [0, `${id}: stopped\n`]);
  for (const { ended } of windows) assert.equal((await ended).status, 1);

  const resumed = await twice(project.folder, 'runs', 'resume', id, '--detach');
  assert.deepEqual(resumed.map(({ status }) => status).sort(), [0, 2]);
  assert.match(resumed.map(({ err }) => err).join(''), /still going on|just now/);
  const { out } = await matchdown(project.folder, 'runs', 'show', id, '--format', 'json');
  assert.match(out, /"state": "(starting|running)"/);
  const again = new CommandLine(project.folder, ['runs', 'attach', id]);
  const running = await waitFor(folder, ({ state, attempts }) => state === 'running' && attempts?.length === 2);
  assert.equal(running.history.filter(({ state }) => state === 'stopped').length, 1);
  await matchdown(project.folder, 'runs', 'stop', id);
  await again.ended;
  await allGone(id);
  assert.equal((await readRecord(folder)).attempts?.length, 2);

  const deleted = await twice(project.folder, 'runs', 'delete', id);
  assert.ok(deleted.some(({ status }) => status === 0));
  for (const { err } of deleted.filter(({ status }) => status !== 0)) assert.match(err, /no such|just now/i);
  assert.ok(!existsSync(folder));
}
