import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { completed, type Ending } from '../../../core/runs/completion';
import { parseProgress, parseResult } from '../../../core/runs/result';
import { attach } from '../../../engine/runs/attach';
import { RunLock } from '../../../engine/runs/runLock';
import { chosenFrom } from '../../../engine/targets/chooseGpus';
import { explainSsh } from '../../../engine/targets/connectionError';
import { parseGpus } from '../../../engine/targets/gpus';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { record } from '../runs/records';

describe('how a supervised run ended', () => {
  const ending = { time: new Date('2026-11-23T00:00:00Z'), stopAsked: false, metrics: { final: {}, best: {} } };
  const end = (change: Partial<Ending>) => completed(record(), { ...ending, ...change });
  const state = (change: Partial<Ending>) => end(change).state;

  it('by its exit status, and whether it was asked to stop', () => {
    assert.equal(state({ exit: { code: 0 } }), 'finished');
    assert.equal(state({ exit: { code: 3 } }), 'failed');
    assert.equal(state({ exit: { code: 3 }, stopAsked: true }), 'stopped');
    assert.equal(state({ exit: { code: null, signal: 'SIGKILL' } }), 'failed');
    assert.equal(state({}), 'failed');
  });

  it('by its own word, unless it ended otherwise than it says', () => {
    assert.equal(state({ exit: { code: 0 }, result: { state: 'stopped' } }), 'stopped');
    assert.equal(state({ result: { state: 'finished' } }), 'finished');
    assert.equal(state({ exit: { code: 1 }, result: { state: 'finished' } }), 'failed');
    assert.equal(end({ exit: { code: 1 }, result: { state: 'failed', error: 'No data.' } }).error, 'No data.');
  });

  it('75 is no failure: it made room', () => {
    const { state: reached, error, history } = end({ exit: { code: 75 } });
    assert.deepEqual([reached, error], ['stopped', undefined]);
    assert.match(history.at(-1)?.reason ?? '', /make room/);
    assert.equal(end({ exit: { code: 75 }, reason: 'Too often.' }).error, 'Too often.');
    assert.equal(state({ exit: { code: 75 }, reason: 'Too often.', stopAsked: true }), 'stopped');
  });

  it('a failure says why as well as anybody knows', () => {
    assert.match(end({ exit: { code: 1 }, lastLine: 'OSError' }).error ?? '', /status 1\..*OSError$/);
    assert.equal(end({ exit: { code: 1 }, reason: 'The node failed.' }).error, 'The node failed.');
  });

  it('a full disk is told with what to do, as any program passes it on', () => {
    for (const lastLine of [
      'OSError: [Errno 28] No space left on device',
      "Error: ENOSPC: no space left on device, write '/x'",
      'cp: error writing x: Disk quota exceeded',
    ])
      assert.equal(
        end({ exit: { code: 1 }, lastLine }).error,
        `There is no room left on the disk: ${lastLine}. Make room, then resume the run.`,
      );
    assert.match(end({ exit: { code: 1 }, lastLine: 'no space between words' }).error ?? '', /exit status 1/);
  });

  it('the last words of our trainer are the reason, where it could not write its result', () => {
    const [exit, lastLine] = [{ code: 1 }, 'Failed: There is no room left.'];
    const ended = completed({ ...record(), trainer: 'pytorch' }, { ...ending, exit, lastLine });
    assert.equal(ended.error, 'There is no room left.');
    const killed = { code: null, signal: 'SIGKILL' };
    const before = completed({ ...record(), trainer: 'pytorch' }, { ...ending, exit: killed, lastLine });
    assert.match(before.error ?? '', /^The training process was killed/, 'they may be those of an earlier attempt');
    const own = completed({ ...record(), trainer: 'command' }, { ...ending, exit, lastLine });
    assert.match(own.error ?? '', /exit status 1/);
  });

  it('an attempt that was going on is closed', () => {
    const attempts = [{ number: 1, started: '2026-11-22T00:00:00Z' }];
    const closed = completed({ ...record(), attempts }, { ...ending, exit: { code: 0 } }).attempts;
    assert.deepEqual(closed, [{ ...attempts[0], ended: ending.time.toISOString(), exit: { code: 0 } }]);
  });
});

describe('what programs of all kinds write', () => {
  it('a result is believed when it is one', () => {
    assert.equal(parseResult('{"state":"finished"}')?.state, 'finished');
    for (const text of [
      undefined,
      '',
      '{',
      '[]',
      'null',
      '{"state":"great"}',
      '{"state":"finished","metrics":{"final":{"a":"b"}}}',
    ])
      assert.equal(parseResult(text), undefined, text);
  });

  it('progress is taken over when it is some', () => {
    const good = {
      epoch: 1,
      epochs: 2,
      step: 3,
      samplesPerSecond: 4.5,
      last: { loss: 1, bad: null },
      updated: '2026-11-23T00:00:00Z',
    };
    assert.deepEqual(parseProgress(JSON.stringify(good)), { ...good, last: { loss: 1 } });
    for (const change of [{ epoch: -1 }, { step: 'a' }, { updated: 'soon' }, { samplesPerSecond: null }])
      assert.equal(parseProgress(JSON.stringify({ ...good, ...change })), undefined);
  });
});

describe('GPUs', () => {
  const text = `0, NVIDIA A100, 40, x, 40960, 3, 0
1, NVIDIA A100, 40960, 30000, 97
2, Tesla K80, 11441, 0, [N/A]
No devices were found`;
  const gpus = parseGpus(text);

  it('as nvidia-smi tells them', () => {
    assert.deepEqual(
      gpus.map(({ index, name, free }) => [index, name, free]),
      [
        [0, 'NVIDIA A100, 40, x', true],
        [1, 'NVIDIA A100', false],
        [2, 'Tesla K80', true],
      ],
    );
    assert.equal(gpus[2]?.utilization, undefined);
  });

  it('a run gets free ones, those with the most memory first, or exactly those that it names', () => {
    assert.deepEqual(chosenFrom(gpus, 'auto'), { ok: true, indices: [0] });
    assert.deepEqual(chosenFrom(gpus, 2), { ok: true, indices: [0, 2] });
    assert.deepEqual(chosenFrom(gpus, [1]), { ok: true, indices: [1] });
    assert.deepEqual(chosenFrom(gpus, 'none'), { ok: true, indices: [] });
    assert.deepEqual(chosenFrom([], 'auto'), { ok: true });
  });

  it('and is refused when there are not enough', () => {
    for (const [choice, sentence] of [
      [3, /2 of 3 GPUs are free, 3 are needed/],
      [[7], /no GPU 7/],
    ] as const) {
      const chosen = chosenFrom(gpus, choice);
      assert.ok(!chosen.ok && sentence.test(chosen.message), JSON.stringify(chosen));
    }
    assert.equal(chosenFrom([], 1).ok, false);
  });
});

describe('why a connection failed', () => {
  for (const [errors, problem, mends] of [
    ['Host key verification failed.', 'host key', false],
    ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.', 'host key', false],
    ['a@b: Permission denied (publickey).', 'denied', false],
    ['ssh: Could not resolve hostname x: Name or service not known', 'unknown host', false],
    ['ssh: connect to host x port 22: Connection refused', 'unreachable', true],
    ['ssh: connect to host x port 22: Connection timed out', 'unreachable', true],
    ['', 'cut', true],
  ] as const)
    it(errors || 'without a word', () => {
      const error = explainSsh('box', errors);
      assert.deepEqual([error.problem, error.mends], [problem, mends]);
      assert.match(error.message, /box/);
    });
});

describe('who mirrors a run', () => {
  it('one of several; then the next; and somebody else when it was killed', async () => {
    const folder = temporaryFolder();
    const locks = await Promise.all([
      RunLock.take(folder, 'attach'),
      RunLock.take(folder, 'attach'),
      RunLock.take(folder, 'attach'),
    ]);
    const taken = locks.filter((lock) => lock !== undefined);
    assert.equal(taken.length, 1);
    await taken[0]!.release();
    const next = await RunLock.take(folder, 'attach');
    assert.ok(next);
    await next.release();
    const killed = { host: os.hostname(), process: { pid: 2 ** 22 + 1, startTime: '1' } };
    writeFileSync(path.join(folder, 'attach.lock'), JSON.stringify(killed));
    assert.ok(await RunLock.take(folder, 'attach'));
  });

  it('where the disk here takes nothing: what to do, and that nothing is lost', async () => {
    const folder = temporaryFolder();
    const target = { name: 'cluster', kind: 'slurm' } as const;
    const going = { ...record(), state: 'running' as const, launch: { target }, remote: { folder: '/runs/1' } };
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify(going));
    const { open } = fs;
    fs.open = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    try {
      await assert.rejects(attach(folder), {
        name: 'InputError',
        message: `${folder}: What the run writes cannot be kept here: ENOSPC: no space left on device. Make room, or check the permissions, then attach to the run again; nothing is lost on its target.`,
      });
    } finally {
      fs.open = open;
    }
  });

  it('a lock of another machine counts as long as it gives signs of life', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'attach.lock'), JSON.stringify({ host: 'another', process: { pid: 1 } }));
    assert.equal(await RunLock.take(folder, 'attach'), undefined);
  });
});
