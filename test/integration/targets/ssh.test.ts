import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SshTarget } from '../../../core/runs/target';
import { attach } from '../../../engine/runs/attach';
import { deleteRun } from '../../../engine/runs/delete';
import { resumeRun } from '../../../engine/runs/launch';
import { stopRun } from '../../../engine/runs/stop';
import { readRecord } from '../../../engine/runs/store';
import { checkTarget } from '../../../engine/targets/check';
import { describeWithServer } from '../../support/describeWithServer';
import { TestSshd } from '../../support/sshd';
import { allGone, awkward, ended, outputOf, Project, patience, programs, until, waitFor } from './fixture';
import { sshBox } from './sshBox';

describeWithServer('openssh-server', 'runs over ssh', function (this: void) {
  const box = sshBox();

  it('the target answers, and says what it has', async () => {
    const check = await checkTarget(box.target);
    assert.equal(check.answers, true);
    assert.ok((check.disk?.free ?? 0) > 0);
    assert.equal(check.disk?.folder, box.folder);
    assert.ok(Math.abs(check.clockOffset ?? 99) < 60);
  });

  it('a project goes there and its run comes back, whatever is in its names', async () => {
    const project = new Project(programs.tell);
    project.write(`data it's/${awkward}.txt`, 'read');
    project.write('-leading.txt', 'dash');
    for (let at = 0; at < 60; at++) project.write(`many/${'long '.repeat(25)}/${at}.txt`, `number ${at % 10}`);
    project.write('ignored/big.bin', 'left out');
    project.write('.gitignore', 'ignored/\n');
    const { folder, record } = await project.run(box.target, ['--flag', awkward]);
    assert.equal(record.state, 'finished', record.error);
    const there = path.join(box.folder, 'runs', record.id);
    const told = JSON.parse(outputOf(folder)) as Record<string, unknown>;
    assert.equal(told.MATCHDOWN_RUN_DIR, there);
    assert.deepEqual([told.cwd, told.args], [path.join(there, 'project'), ['--flag', awkward]]);
    assert.equal(readFileSync(path.join(there, `project/data it's/${awkward}.txt`), 'utf8'), 'read');
    assert.deepEqual(
      readdirSync(path.join(there, 'project')).sort(),
      ['-leading.txt', '.gitignore', "data it's", 'many', 'model_scheme.json', 'train.cjs'].sort(),
    );
    const many = path.join(there, 'project/many', 'long '.repeat(25), '13.txt');
    writeFileSync(many, 'a run may change its copy');
    assert.equal(readFileSync(many.replace('13.txt', '23.txt'), 'utf8'), 'number 3');
    for (const place of [project.folder, there, box.folder, box.root])
      assert.ok(!existsSync(path.join(place, 'x')), place);
  });

  it('what is there already is not sent again', async () => {
    const project = new Project(programs.tell);
    project.write('weights.bin', randomBytes(3e6));
    await project.run(box.target);
    const sent = box.sshd.proxy.sent;
    await project.run(box.target);
    assert.ok(box.sshd.proxy.sent - sent < 300_000, `${box.sshd.proxy.sent - sent} bytes`);
  });

  it('an upload that is cut goes on where it was', async () => {
    const project = new Project(
      `console.log(require('crypto').createHash('sha256').update(require('fs').readFileSync('weights.bin')).digest('hex'))`,
    );
    const weights = randomBytes(40e6);
    project.write('weights.bin', weights);
    const told: string[] = [];
    const before = box.sshd.proxy.sent;
    box.sshd.proxy.cutAfterSending(30e6);
    const { folder } = await project.run(box.target, [], { onProgress: ({ message }) => told.push(message) });
    assert.equal(outputOf(folder).trim(), createHash('sha256').update(weights).digest('hex'));
    assert.ok(told.some((message) => /Trying again/.test(message)));
    assert.ok(box.sshd.proxy.sent - before < 65e6, `${box.sshd.proxy.sent - before} bytes`);
  });

  it('a launch that is given up leaves nothing behind', async () => {
    const project = new Project(programs.tell);
    project.write('weights.bin', randomBytes(40e6));
    const giveUp = new AbortController();
    const outcome = await project.tryToLaunch(box.target, [], {
      signal: giveUp.signal,
      onProgress: ({ done = 0 }) => done > 1e6 && giveUp.abort(),
    });
    assert.deepEqual(outcome, { ok: false, message: 'The launch was given up.' });
    assert.deepEqual(readdirSync(project.runsFolder), []);
    assert.deepEqual(readdirSync(path.join(box.folder, 'incoming')), []);
  });

  it('a connection that is cut again and again loses no byte of the log, and is told while it is cut', async () => {
    const folder = await new Project(
      `let at = 0; setInterval(() => console.log('line', at++, 'x'.repeat(1000)), 5)`,
    ).launch(box.target);
    const finished = ended(folder);
    for (let cut = 0; cut < 3; cut++) {
      const seen = outputOf(folder).length;
      await until('more is read', () => outputOf(folder).length > seen);
      box.sshd.proxy.refuse();
      await waitFor(folder, ({ connection }) => connection?.state === 'cut');
      box.sshd.proxy.restore();
    }
    await waitFor(folder, ({ connection }) => connection?.state === 'connected');
    assert.ok((await stopRun(folder)).ok);
    const { state, id } = await finished;
    assert.equal(state, 'stopped');
    assert.equal(outputOf(folder), readFileSync(path.join(box.folder, 'runs', id, 'output.log'), 'utf8'));
    const lines = outputOf(folder)
      .split('\n')
      .filter((line) => line.startsWith('line'));
    assert.deepEqual(
      lines,
      lines.map((_, at) => `line ${at} ${'x'.repeat(1000)}`),
    );
  });

  it('goes on when nobody is attached; who attaches later has everything, by the clock here', async () => {
    const folder = await new Project(programs.tell).launch(box.target);
    const { id } = await readRecord(folder);
    const exit = path.join(box.folder, 'runs', id, 'supervisor', 'attempt-1', 'exit');
    await until('it has ended there', () => existsSync(exit) && readFileSync(exit, 'utf8').startsWith('exit 0'));
    assert.equal((await readRecord(folder)).state, 'starting');
    const record = await attach(folder);
    assert.equal(record.state, 'finished');
    assert.ok(Math.abs(Date.parse(record.history.at(-1)!.time) - Date.now()) < 300_000);
  });

  it('two that attach to one run do not disturb each other', async () => {
    const project = new Project(`for (let at = 0; at < 100; at++) setTimeout(() => console.log('line', at), at * 20)`);
    const folder = await project.launch(box.target);
    const records = await Promise.all([attach(folder), attach(folder), attach(folder)]);
    assert.deepEqual(
      records.map(({ state }) => state),
      ['finished', 'finished', 'finished'],
    );
    assert.equal(outputOf(folder), Array.from({ length: 100 }, (_, at) => `line ${at}\n`).join(''));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('lock')),
      [],
    );
  });

  it('a stop reaches all of its processes there', async () => {
    const folder = await new Project(programs.count).launch(box.target);
    const finished = ended(folder);
    await until('it counts', () => outputOf(folder).includes('line 3'));
    const outcome = await stopRun(folder, patience);
    assert.ok(outcome.ok && !outcome.killed, JSON.stringify(outcome));
    assert.equal((await finished).state, 'stopped');
    await allGone(outcome.record.id);
  });

  it('a stop without a connection says so, and the run goes on', async () => {
    const folder = await new Project(programs.count).launch(box.target);
    box.sshd.proxy.refuse();
    const outcome = await stopRun(folder);
    assert.ok(!outcome.ok && /cannot be stopped now.*goes on/.test(outcome.message), JSON.stringify(outcome));
    box.sshd.proxy.restore();
    assert.ok((await stopRun(folder, 500)).ok);
  });

  it('killed there with -9 it has failed, and leaves no process behind', async () => {
    const folder = await new Project(programs.count).launch(box.target);
    const finished = ended(folder);
    const { attempts, id } = await waitFor(folder, (record) => record.attempts?.[0]?.process !== undefined);
    await until('it counts', () => outputOf(folder).includes('line 1'));
    process.kill(attempts![0]!.process!.pid, 'SIGKILL');
    const record = await finished;
    assert.deepEqual([record.state, record.exit], ['failed', { code: null, signal: 'SIGKILL' }]);
    await allGone(id);
  });

  it('goes on when its supervisor there is killed, and is failed when it is gone itself', async () => {
    const folder = await new Project(programs.count).launch(box.target);
    const finished = ended(folder);
    const { attempts, id } = await waitFor(folder, (record) => record.attempts?.[0]?.process !== undefined);
    for (const pid of supervisors(id)) process.kill(pid, 'SIGKILL');
    await until('it counts on', () => outputOf(folder).includes('line 50'));
    assert.equal((await readRecord(folder)).state, 'running');
    process.kill(-attempts![0]!.process!.pid, 'SIGKILL');
    const record = await finished;
    assert.equal(record.state, 'failed');
    assert.match(record.error ?? '', /without a word/);
  });

  it('exit status 255 is no cut connection', async () => {
    const { record } = await new Project('process.exit(255)').run(box.target);
    assert.deepEqual([record.state, record.exit], ['failed', { code: 255 }]);
  });

  it('resumed it is one run of two attempts; deleted it is gone here and there', async () => {
    const { folder, record } = await new Project(programs.preempted).run(box.target);
    assert.equal(record.state, 'stopped');
    const resumed = await resumeRun(folder);
    assert.ok(resumed.ok, JSON.stringify(resumed));
    const finished = await ended(folder);
    assert.equal(finished.state, 'finished', finished.error);
    assert.equal(outputOf(folder), 'part 0\npart 1\n');
    assert.equal(finished.attempts?.length, 2);
    assert.ok(finished.history.some(({ reason }) => /^Attempt 2 on /.test(reason ?? '')));
    assert.deepEqual(await deleteRun(folder), { ok: true });
    assert.ok(!existsSync(folder), 'here');
    assert.ok(!existsSync(path.join(box.folder, 'runs', record.id)), 'there');
  });

  it('a run whose folder was removed there is lost, and says so', async () => {
    const folder = await new Project(programs.tell).launch(box.target);
    rmSync(path.join(box.folder, 'runs', (await readRecord(folder)).id), { recursive: true, force: true });
    const record = await attach(folder);
    assert.equal(record.state, 'lost');
    assert.match(record.error ?? '', /was removed there/);
  });

  it('a host that cannot prove who it is gets nothing; nothing is left behind', async () => {
    box.sshd.changeHostKey();
    box.sshd.disconnect();
    try {
      const project = new Project(programs.tell);
      const outcome = await project.tryToLaunch(box.target);
      assert.ok(!outcome.ok && /could not prove who it is/.test(outcome.message), JSON.stringify(outcome));
      assert.deepEqual(readdirSync(project.runsFolder), []);
    } finally {
      box.sshd.restoreHostKey();
    }
  });

  it('a host that does not exist is told', async () => {
    const outcome = await new Project('').tryToLaunch({
      ...box.target,
      sshConfig: undefined,
      host: 'no-such-host.invalid',
    } as SshTarget);
    assert.ok(!outcome.ok && /no machine named no-such-host/.test(outcome.message), JSON.stringify(outcome));
  });

  it('a target without room is told, before anything has started; one that fills up ends the run, not its record', async function () {
    const disk = path.join(box.root, 'disk');
    mkdirSync(disk, { recursive: true });
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status !== 0) return this.skip();
    try {
      const small = { ...box.target, folder: path.join(disk, 'matchdown') };
      const large = new Project(programs.tell);
      large.write('weights.bin', randomBytes(6e6));
      const refused = await large.tryToLaunch(small);
      assert.ok(!refused.ok && /no room left on testhost/.test(refused.message), JSON.stringify(refused));
      assert.deepEqual(readdirSync(path.join(small.folder, 'incoming')), [], 'the room is free again');
      const filling = new Project(`
        const fs = require('fs');
        const write = () => fs.appendFileSync(process.env.MATCHDOWN_RUN_DIR + '/weights', Buffer.alloc(65536, 1));
        setInterval(write, 1);`);
      const { record } = await filling.run(small);
      assert.equal(record.state, 'failed');
      assert.match(record.exit?.code === 1 ? 'exit 1' : '', /exit 1/);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });

  it("a target's clock that is an hour off changes nothing", async () => {
    const shim = path.join(box.root, 'shim');
    mkdirSync(shim, { recursive: true });
    writeFileSync(path.join(shim, 'date'), '#!/bin/sh\necho $(($(/bin/date +%s) - 3600))\n');
    chmodSync(path.join(shim, 'date'), 0o755);
    const environment = { PATH: `${shim}:${process.env.PATH}` };
    const other = await TestSshd.start(path.join(box.root, 'sshd2'), { environment });
    try {
      const there = { ...box.target, sshConfig: other.config, folder: path.join(box.folder, 'clock') };
      const { record } = await new Project(programs.tell).run(there);
      assert.equal(record.state, 'finished', record.error);
      for (const { time } of record.history) assert.ok(Math.abs(Date.parse(time) - Date.now()) < 300_000, time);
      assert.ok(Math.abs(Date.parse(record.attempts![0]!.started) - Date.now()) < 300_000);
      assert.ok(Math.abs((await checkTarget(there)).clockOffset! + 3600) < 60);
    } finally {
      other.stop();
    }
  });

  /** The processes on the target that supervise a run. */
  function supervisors(id: string): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => {
        const line = readCommandLine(name);
        return line.includes('supervisor.sh run') && line.includes(id);
      })
      .map(Number);
  }
});

function readCommandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
