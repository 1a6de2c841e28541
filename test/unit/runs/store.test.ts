import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EventFileEncoder } from '../../../core/events/write';
import { GraphBuilder } from '../../../core/onnx/builder';
import { DataType } from '../../../core/onnx/model';
import { encodeModel } from '../../../core/onnx/write';
import { provenanceMetadata } from '../../../core/runs/provenance';
import type { RunRecord } from '../../../core/runs/record';
import { InputError } from '../../../engine/errors';
import { followRun, type RunEvent } from '../../../engine/runs/follow';
import { findRunOfModel } from '../../../engine/runs/model';
import { observe, processIdentity } from '../../../engine/runs/process';
import { stopRun } from '../../../engine/runs/stop';
import { listRuns, readRun } from '../../../engine/runs/store';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { record } from './records';

function runFolder(runs: string, changes: Partial<RunRecord>): string {
  const written = record({ state: 'finished', ...changes });
  const folder = path.join(runs, written.id);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(written));
  return folder;
}

function logFolder(folder: string, tag: string): string {
  mkdirSync(folder, { recursive: true });
  const encoder = new EventFileEncoder();
  const bytes = [encoder.start(1), encoder.scalars(1, 1, [[tag, 0.5]])];
  writeFileSync(path.join(folder, 'events.out.tfevents.0000000001.host'), Buffer.concat(bytes));
  utimesSync(folder, 1, 1);
  return folder;
}

describe('the run store', () => {
  it('lists records and foreign logs, newest first', async () => {
    const runs = temporaryFolder();
    const first = runFolder(runs, {
      id: '20260101-000000-0001',
      history: [{ state: 'finished', time: '2026-01-01T00:00:00Z' }],
    });
    const second = runFolder(runs, {
      id: '20260102-000000-0002',
      history: [{ state: 'finished', time: '2026-01-02T00:00:00Z' }],
      metrics: { final: { 'loss/train': 1 }, best: {} },
    });
    const foreign = logFolder(path.join(runs, 'resnet', 'train'), 'epoch_loss');
    mkdirSync(path.join(runs, 'empty'));
    const listed = await listRuns([runs, path.join(runs, 'nowhere'), second]);
    assert.deepEqual(
      listed.map(({ folder, name, tags }) => [folder, name, tags]),
      [
        [second, 'first', ['loss/train']],
        [first, 'first', []],
        [foreign, 'resnet/train', ['epoch_loss']],
      ],
    );
  });

  it('a damaged record: it is listed with what is wrong, and its logs are still a run', async () => {
    const runs = temporaryFolder();
    const folder = runFolder(runs, {});
    writeFileSync(path.join(folder, 'run.json'), '{"version": 1');
    assert.deepEqual(
      (await listRuns([runs])).map(({ record, problem }) => [record, problem]),
      [[undefined, 'run.json is no JSON; it may have been cut off.']],
    );
    await assert.rejects(readRun(folder), (error) => error instanceof InputError && /no JSON/.test(error.problem));
    logFolder(folder, 'loss');
    assert.deepEqual(
      (await listRuns([runs])).map(({ tags }) => tags),
      [['loss']],
    );
  });

  it('a folder that is no run', async () => {
    await assert.rejects(
      readRun(temporaryFolder()),
      (error) => error instanceof InputError && /no run/.test(error.message),
    );
  });

  it('sees a change of a record that had ended', async () => {
    const folder = runFolder(temporaryFolder(), { name: 'before' });
    assert.equal((await readRun(folder)).name, 'before');
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify(record({ state: 'finished', name: 'after that' })));
    assert.equal((await readRun(folder)).name, 'after that');
  });

  it('tells a living process from a dead one, a later one with its number, and one before a restart', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    const identity = await processIdentity(child.pid);
    const living = process.platform === 'win32' ? 'unknown' : 'alive';
    assert.equal(await observe(identity), living);
    if (identity.startTime) assert.equal(await observe({ ...identity, startTime: '1' }), 'gone');
    if (identity.boot) assert.equal(await observe({ ...identity, boot: 'another' }), 'rebooted');
    const folder = runFolder(temporaryFolder(), { state: 'running', host: os.hostname(), process: identity });
    assert.equal((await readRun(folder)).record?.state, 'running');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(await observe(identity), 'gone');
    assert.equal((await readRun(folder)).record?.state, 'failed');
  });

  it('follows a run that has ended: its output, its record, its end', async () => {
    const folder = runFolder(temporaryFolder(), {});
    writeFileSync(path.join(folder, 'output.log'), `${'고양이 '.repeat(20_000)}\n`);
    const events: RunEvent[] = [];
    const last = await followRun(folder, (event) => events.push(event));
    assert.equal(last.state, 'finished');
    const text = events.map((event) => (event.kind === 'output' ? event.text : '')).join('');
    assert.equal(text, `${'고양이 '.repeat(20_000)}\n`);
    assert.deepEqual(events.at(-1), { kind: 'record', record: last });
  });

  it('an abort ends the following only', async () => {
    const folder = runFolder(temporaryFolder(), {
      state: 'running',
      host: os.hostname(),
      process: await processIdentity(),
    });
    assert.equal((await followRun(folder, () => undefined, AbortSignal.timeout(50))).state, 'running');
  });

  it('says when a run elsewhere does not stop', async () => {
    const folder = runFolder(temporaryFolder(), {
      state: 'running',
      host: 'elsewhere',
      progress: { epoch: 1, epochs: 2, step: 1, samplesPerSecond: 1, last: {}, updated: new Date().toISOString() },
    });
    const outcome = await stopRun(folder, 200);
    assert.ok(!outcome.ok && /still going on elsewhere/.test(outcome.message));
  });
});

describe('the way back from a model file', () => {
  const model = (metadata: Map<string, string>): Uint8Array => {
    const graph = new GraphBuilder('network', 17);
    graph.outputAs('output', graph.input('input', DataType.float, [1]), DataType.float, [1]);
    return encodeModel(graph.model(metadata));
  };

  it('leads to the folder that it stands in, or to the run with its id', async () => {
    const runs = temporaryFolder();
    const folder = runFolder(runs, {});
    const bytes = model(provenanceMetadata(record()));
    const away = path.join(temporaryFolder(), 'served.onnx');
    for (const file of [path.join(folder, 'model.onnx'), away]) writeFileSync(file, bytes);
    assert.equal(await findRunOfModel(path.join(folder, 'model.onnx'), []), folder);
    assert.equal(await findRunOfModel(away, [runs]), folder);
  });

  it('says what is missing', async () => {
    const folder = temporaryFolder();
    const rejected = (name: string, content: Uint8Array | string, problem: RegExp) => {
      writeFileSync(path.join(folder, name), content);
      return assert.rejects(
        findRunOfModel(path.join(folder, name), [folder]),
        (error) => error instanceof InputError && problem.test(error.message),
      );
    };
    await rejected(
      'a.onnx',
      model(provenanceMetadata(record())),
      /comes from run 20261122-141502-3f9a, which is not in .*--runs.*scheme aaaaaaaaaaaa/,
    );
    await rejected('b.onnx', model(new Map()), /does not say which run/);
    await rejected('c.onnx', 'hello', /byte \d+/);
    await assert.rejects(
      findRunOfModel(path.join(folder, 'd.onnx'), []),
      (error) => error instanceof InputError && /ENOENT/.test(error.message),
    );
  });
});
