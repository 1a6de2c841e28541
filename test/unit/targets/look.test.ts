import assert from 'node:assert/strict';
import { type Look, parseLook } from '../../../engine/targets/look';
import { phaseOf } from '../../../engine/targets/phase';

const told = (...lines: string[]): Look => {
  const look = parseLook(['time 1000', ...lines]);
  assert.ok(!look.missing);
  return look;
};

const attempt = ['attempt 1', '1 supervisor 10 5', '1 command 11 6', '1 boot b', '1 host node', '1 time 900'];

describe('what a target tells of a run', () => {
  it('its attempts, with who they are and how they ended', () => {
    const { attempts } = told(
      'attempt 2',
      ...attempt.slice(1),
      '1 exit requeue 75 950   ',
      '2 command 20 7',
      '2 exit running   ',
    );
    assert.deepEqual(attempts, [
      {
        number: 1,
        process: { pid: 11, startTime: '6', boot: 'b' },
        host: 'node',
        started: 900,
        end: { kind: 'requeue', code: 75, time: 950 },
      },
      { number: 2, process: { pid: 20, startTime: '7' } },
    ]);
  });

  it('files, but none that leads out of the folder or that another system reads otherwise', () => {
    const paths = [
      'output.log',
      "a b/it's.onnx",
      '../x',
      'a/../../x',
      '/etc/passwd',
      'C:x',
      'a\\b',
      'a//b',
      '..',
      'CON|',
      ' x',
    ];
    const { files } = told(...paths.map((path) => `file 3 4 ./${path}`));
    assert.deepEqual(
      files.map(({ path }) => path),
      ['output.log', "a b/it's.onnx"],
    );
  });

  it('nonsense is left out', () => {
    assert.deepEqual(told('???', 'file x y ./a', '1', 'job ?').files, []);
  });
});

describe('where a run on a target stands', () => {
  const phase = (lines: string[], queue = false, age = 10) => phaseOf(told(...lines), { queue, age });

  it('its process lives: running', () => {
    assert.deepEqual(phase([...attempt, '1 exit running', 'place here', 'alive command', 'beat 990']), {
      kind: 'running',
    });
  });

  it('nothing lives and nobody said how it ended: ended without a status', () => {
    assert.deepEqual(phase([...attempt, '1 exit running', 'place here', 'beat 990']), { kind: 'ended' });
  });

  it('its own word on its end counts, also a status that ssh uses itself; a signal is told by 128 and its number', () => {
    assert.deepEqual(phase([...attempt, '1 exit exit 255 990']), { kind: 'ended', exit: { code: 255 }, time: 990 });
    assert.deepEqual(phase([...attempt, '1 exit exit 137 990']), {
      kind: 'ended',
      exit: { code: null, signal: 'SIGKILL' },
      time: 990,
    });
  });

  it('why its folder took nothing when it ended is told in the words of the system there', () => {
    const ended = { kind: 'ended', exit: { code: 1 }, time: 990, refusal: 'No space left on device' };
    assert.deepEqual(phase([...attempt, '1 exit exit 1 990 No space left on device   ']), ended);
    const fruitless = phase([...attempt, '1 exit exit 138 990 fruitless Read-only file system']);
    assert.ok(fruitless?.kind === 'ended' && fruitless.refusal === 'Read-only file system' && fruitless.reason);
  });

  it('on another machine behind the same name its heartbeat counts', () => {
    assert.equal(phase([...attempt, '1 exit running', 'place elsewhere n2', 'beat 900'])?.kind, 'running');
    assert.match(JSON.stringify(phase([...attempt, '1 exit running', 'place elsewhere n2', 'beat 500'])), /minutes/);
  });

  it('the machine was restarted', () => {
    assert.match(JSON.stringify(phase([...attempt, '1 exit running', 'place rebooted', 'beat 990'])), /restarted/);
  });

  it('never started: patience for a minute', () => {
    assert.equal(phase(['attempt 0'])?.kind, 'starting');
    assert.match(JSON.stringify(phase(['attempt 0'], false, 100)), /not started/);
  });

  const queued = (job: string, ...lines: string[]) =>
    phase(['submitted 7', ...(job ? [`job ${job}`] : []), ...lines], true);

  it('in the queue, with what it waits for', () => {
    assert.deepEqual(queued('PENDING|Resources|'), { kind: 'queued', waitingFor: 'Resources' });
    assert.equal(queued('RUNNING|None|n1')?.kind, 'starting');
    assert.equal(queued('RUNNING|None|n1', ...attempt, '1 exit running')?.kind, 'running');
  });

  it('the run has ended, its job is about to: nothing is concluded before', () =>
    assert.equal(queued('RUNNING|None|n1', ...attempt, '1 exit exit 0 950'), undefined));

  it('it made room and waits to go on: not ended, whatever its last attempt said', () => {
    assert.equal(queued('PENDING|BeginTime|', ...attempt, '1 exit requeue 75 950')?.kind, 'queued');
  });

  it('it made room too often before it had a checkpoint: ended, with what to do', () => {
    const ended = queued('COMPLETED|None|n1', ...attempt, '1 exit exit 138 950 fruitless');
    assert.deepEqual(ended?.kind === 'ended' && ended.exit, { code: null, signal: 'SIGUSR1' });
    assert.match(JSON.stringify(ended), /before the run had a new checkpoint.*then resume the run/);
    const waits = queued('PENDING|BeginTime|', ...attempt, '1 exit requeue 138 950 fruitless');
    assert.deepEqual(waits, { kind: 'queued', waitingFor: 'BeginTime' });
  });

  it('cancelled while it waits to go on it is stopped', () => {
    const ended = queued('CANCELLED|None|', ...attempt, '1 exit requeue 75 950 fruitless');
    assert.deepEqual(ended, { kind: 'ended', exit: { code: 75 }, time: 950, cancelled: true });
  });

  it('Slurm does not answer: nothing is concluded', () => {
    assert.equal(queued('?', ...attempt, '1 exit exit 0 950'), undefined);
  });

  it('Slurm has forgotten it: its own word counts, else its heartbeat', () => {
    assert.deepEqual(queued('-', ...attempt, '1 exit exit 0 950'), { kind: 'ended', exit: { code: 0 }, time: 950 });
    assert.equal(queued('-', ...attempt, '1 exit running', 'beat 990')?.kind, 'running');
    assert.match(JSON.stringify(queued('-', ...attempt, '1 exit running', 'beat 500')), /no longer knows/);
  });

  for (const [state, sentence] of [
    ['TIMEOUT|TimeLimit|n1', /time limit/],
    ['OUT_OF_MEMORY|OutOfMemory|n1', /more memory/],
    ['NODE_FAIL|NodeDown|n1', /node .* failed/],
    ['FAILED|JobLaunchFailure|n1', /before the run began \(JobLaunchFailure\)/],
  ] as const)
    it(`the job ended: ${state}`, () => assert.match(JSON.stringify(queued(state)), sentence));

  it('cancelled there it is stopped, as `sacct` says it, too', () => {
    for (const job of ['CANCELLED|None|n1', 'CANCELLED by 1000||n1', 'CANCELLED+||n1'])
      assert.deepEqual(queued(job), { kind: 'ended', cancelled: true }, job);
    const ended = queued('CANCELLED|None|n1', ...attempt, '1 exit exit 143 950');
    assert.deepEqual(ended, { kind: 'ended', exit: { code: null, signal: 'SIGTERM' }, time: 950, cancelled: true });
  });

  it('cancelled when it had ended by itself it ended as it says', () => {
    const ended = queued('CANCELLED by 0||n1', ...attempt, '1 exit exit 3 950');
    assert.deepEqual(ended, { kind: 'ended', exit: { code: 3 }, time: 950 });
  });

  it('its processes were killed together with what records their end: no word of why', () =>
    assert.deepEqual(queued('FAILED|NonZeroExitCode|n1', ...attempt, '1 exit running'), { kind: 'ended' }));

  it('preempted it waits to go on, as squeue of any version says it', () => {
    for (const job of ['PENDING|BeginTime|', 'REQUEUED|None|', 'REQUEUE_HOLD|job requeued in held state|'])
      assert.equal(queued(job, ...attempt, '1 exit exit 143 950')?.kind, 'queued', job);
  });

  it('taken by another cluster of a federation, which is not asked: its own word counts', () => {
    assert.equal(queued('REVOKED|None|')?.kind, 'queued');
    assert.equal(queued('REVOKED|None|', ...attempt, '1 exit running', 'beat 990')?.kind, 'running');
    const ended = queued('REVOKED|None|', ...attempt, '1 exit exit 0 950');
    assert.deepEqual(ended, { kind: 'ended', exit: { code: 0 }, time: 950 });
  });

  it('on its way out it is still there', () =>
    assert.equal(queued('COMPLETING|None|n1', ...attempt, '1 exit running')?.kind, 'running'));
});
