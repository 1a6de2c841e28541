import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Target } from '../../../core/runs/target';
import { deleteRun } from '../../../engine/runs/delete';
import { dryRun } from '../../../engine/runs/dryRun';
import { cloneRun, resumeRun } from '../../../engine/runs/launch';
import { stopRun } from '../../../engine/runs/stop';
import { readRecord } from '../../../engine/runs/store';
import {
  allGone,
  awkward,
  ended,
  outputOf,
  Project,
  patience,
  processesWith,
  programs,
  until,
  waitFor,
} from './fixture';

const local: Target = { name: 'local', kind: 'local', gpus: 'none' };

describe("the user's own command on this machine", () => {
  it('gets the contract in its environment, its arguments as they were given, and runs in the project', async () => {
    const project = new Project(programs.tell);
    const { folder, record } = await project.run(local, ['--flag', awkward]);
    assert.equal(record.state, 'finished');
    assert.deepEqual(record.exit, { code: 0 });
    assert.deepEqual(JSON.parse(outputOf(folder)), {
      MATCHDOWN_SCHEME: path.join(folder, 'scheme.json'),
      MATCHDOWN_RUN_DIR: folder,
      MATCHDOWN_RUN_ID: record.id,
      cwd: project.folder,
      args: ['--flag', awkward],
    });
    assert.ok(!existsSync(path.join(project.folder, 'x')));
  });

  it('a failure has the exit status and the last line; a program that is not there is told', async () => {
    const failed = await new Project(`console.error('ValueError: 3'); process.exit(3);`).run(local);
    assert.match(failed.record.error ?? '', /exit status 3\. The last line of output\.log: ValueError: 3$/);
    const missing = await new Project('').run(local, [], { command: ['no-such-program'] });
    assert.match(missing.record.error ?? '', /no program "no-such-program"/);
  });

  it('metrics come from its events, what it says of itself from result.json', async () => {
    const { folder, record } = await new Project(writesEvents).run(local);
    assert.deepEqual(record.metrics.final, { 'loss/train': 1, 'accuracy/validation': 0.5 });
    assert.deepEqual(record.metrics.best, { 'loss/train': 1, 'accuracy/validation': 0.75 });
    assert.deepEqual([record.classes, record.versions.framework], [['a', 'b'], '1.2']);
    assert.ok(existsSync(path.join(folder, 'model.onnx')));
  });

  it('a stop reaches all of its processes', async () => {
    const folder = await new Project(programs.count).launch(local);
    await until('it counts', () => outputOf(folder).includes('line 3'));
    const { id } = await readRecord(folder);
    await until('there are the supervisor and the helper', () => processesWith(id).length === 2);
    const outcome = await stopRun(folder, patience);
    assert.ok(outcome.ok && outcome.record.state === 'stopped' && !outcome.killed);
    await allGone(id);
  });

  it('a program that does not listen is ended, and so are its helpers', async () => {
    const folder = await new Project(`process.on('SIGTERM', () => {}); ${programs.count}`).launch(local);
    await until('it counts', () => outputOf(folder).includes('line 3'));
    const outcome = await stopRun(folder, 500);
    assert.ok(outcome.ok && outcome.killed && outcome.record.state === 'stopped', JSON.stringify(outcome));
    await allGone((await readRecord(folder)).id);
  });

  it('killed with -9 it has failed, and leaves no process behind', async () => {
    const folder = await new Project(programs.count).launch(local);
    const { worker, id } = await waitFor(folder, (record) => record.worker !== undefined);
    await until('it counts', () => outputOf(folder).includes('line 1'));
    process.kill(worker!.pid, 'SIGKILL');
    const record = await ended(folder);
    assert.equal(record.state, 'failed');
    assert.match(record.error ?? '', /was killed/);
    await allGone(id);
  });

  it('goes on when its supervisor is killed, and can still be stopped', async () => {
    const folder = await new Project(programs.count).launch(local);
    const running = await waitFor(folder, (record) => record.worker !== undefined);
    process.kill(running.process!.pid, 'SIGKILL');
    await until('its supervisor is gone', () => processesWith(`supervisor.js ${folder}`).length === 0);
    assert.equal((await readRecord(folder)).state, 'running');
    const outcome = await stopRun(folder, 500);
    assert.ok(outcome.ok && outcome.record.state === 'stopped', JSON.stringify(outcome));
    await allGone(running.id);
  });

  it('resumed it is the same run with another attempt; cloned it is another one', async () => {
    const project = new Project(programs.preempted);
    const { folder, record } = await project.run(local);
    assert.equal(record.state, 'stopped');
    assert.match(record.history.at(-1)?.reason ?? '', /checkpoint/);
    const scheme = path.join(folder, 'scheme.json');
    const frozen = readFileSync(scheme, 'utf8');
    writeFileSync(scheme, frozen.replace('"unit": 2', '"unit": 3'));
    const refused = await resumeRun(folder);
    assert.ok(!refused.ok && /scheme\.json: The scheme has changed since the run began\./.test(refused.message));
    writeFileSync(scheme, frozen);
    assert.ok((await resumeRun(folder)).ok);
    const resumed = await ended(folder);
    assert.equal(resumed.state, 'finished');
    assert.equal(outputOf(folder), 'part 0\npart 1\n');
    assert.deepEqual(
      resumed.attempts?.map(({ number, exit }) => [number, exit?.code]),
      [
        [1, 75],
        [2, 0],
      ],
    );
    const cloned = await cloneRun(folder, { 'model.learning_rate': 0.5 });
    assert.ok(cloned.ok);
    const clone = await ended(cloned.folder);
    assert.deepEqual([clone.parent, clone.overrides], [record.id, { 'model.learning_rate': 0.5 }]);
    const changed = JSON.parse(readFileSync(path.join(cloned.folder, 'scheme.json'), 'utf8')) as {
      model: { learning_rate: number };
    };
    assert.equal(changed.model.learning_rate, 0.5);
  });

  it('is deleted when it has ended, not before', async () => {
    const folder = await new Project(programs.count).launch(local);
    assert.deepEqual(await deleteRun(folder), { ok: false, message: 'The run is still going on. Stop it first.' });
    await until('it counts', () => outputOf(folder).includes('line 1'));
    assert.ok((await stopRun(folder)).ok);
    const copy = path.join(path.dirname(folder), 'copy');
    cpSync(folder, copy, { recursive: true });
    const refused = await deleteRun(copy);
    assert.ok(!refused.ok && existsSync(copy), 'what is not named like the run is left alone');
    assert.deepEqual(await deleteRun(folder), { ok: true });
    assert.ok(!existsSync(folder));
    await assert.rejects(deleteRun(path.dirname(folder)), /no such record/);
  });

  it('a launch profile is the command of a target, with its setup and environment', async () => {
    const target: Target = {
      ...local,
      name: 'profile',
      command: [process.execPath, '-e', 'console.log(process.env.A, process.env.B)'],
      setup: 'export A="$B and A"',
      environment: { B: awkward },
    };
    const { folder } = await new Project('').run(target, [], { command: undefined });
    assert.equal(outputOf(folder), `${awkward} and A ${awkward}\n`);
  });

  it('a dry run shows the command and does nothing', async () => {
    const project = new Project(programs.tell);
    const { schemeFile, runsFolder } = project;
    const outcome = await dryRun({
      schemeFile,
      runsFolder,
      targets: [local],
      command: ['python', 'train.py', awkward],
    });
    assert.ok(outcome.ok);
    assert.match(outcome.dryRun.steps[0]!.text, /^python train\.py 'it'\\''s "한글" \$\(touch x\) -rf'$/m);
    assert.ok(!existsSync(runsFolder));
  });
});

/** Two scalars in the framing of TensorBoard's event files, written without any library. */
const writesEvents = `
  const fs = require('fs'), path = require('path'), folder = process.env.MATCHDOWN_RUN_DIR;
  const table = Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1; return c >>> 0; });
  const masked = (b) => { let c = 0xffffffff; for (const x of b) c = table[(c ^ x) & 255] ^ (c >>> 8); c = (c ^ 0xffffffff) >>> 0; return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0; };
  const u32 = (v) => { const b = Buffer.alloc(4); b.writeUInt32LE(v); return b; };
  const field = (n, b) => Buffer.concat([Buffer.from([n << 3 | 2, b.length]), b]);
  const record = (b) => { const l = Buffer.concat([u32(b.length), u32(0)]); return Buffer.concat([l, u32(masked(l)), b, u32(masked(b))]); };
  const time = () => { const b = Buffer.alloc(9); b[0] = 9; b.writeDoubleLE(Date.now() / 1000, 1); return b; };
  const scalar = (step, tag, v) => { const f = Buffer.alloc(5); f[0] = 2 << 3 | 5; f.writeFloatLE(v, 1); return record(Buffer.concat([time(), Buffer.from([16, step]), field(5, field(1, Buffer.concat([field(1, Buffer.from(tag)), f])))])); };
  const version = record(Buffer.concat([time(), field(3, Buffer.from('brain.Event:2'))]));
  fs.writeFileSync(path.join(folder, 'events.out.tfevents.1.host'), Buffer.concat([version, scalar(1, 'loss/train', 2), scalar(1, 'accuracy/validation', 0.75), scalar(2, 'loss/train', 1), scalar(2, 'accuracy/validation', 0.5)]));
  fs.writeFileSync(path.join(folder, 'model.onnx'), Buffer.alloc(3e6, 7));
  fs.writeFileSync(path.join(folder, 'result.json'), JSON.stringify({ state: 'finished', classes: ['a', 'b'], versions: { framework: '1.2' } }));
`;
