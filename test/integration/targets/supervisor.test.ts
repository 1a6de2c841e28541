import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { outputOf } from './fixture';

/** Stands in for Slurm, which takes ten seconds to queue a job again: its job begins anew at once. */
class Queue {
  readonly folder = path.join(temporaryFolder(), 'run');
  private readonly programs = path.join(this.folder, '..', 'bin');
  private restarts = 0;

  constructor(command: string) {
    mkdirSync(path.join(this.folder, 'supervisor'), { recursive: true });
    mkdirSync(this.programs);
    cpSync(script, path.join(this.folder, 'supervisor', 'supervisor.sh'));
    writeFileSync(path.join(this.folder, 'supervisor', 'command.sh'), command);
    this.program('scontrol', `echo "$@" >>${this.folder}/../requeued`);
  }

  /** Stands in for a program of the node. */
  program(name: string, script: string): void {
    writeFileSync(path.join(this.programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** The job of an attempt, from its first start until it is not queued again; how its attempts ended. */
  job(kind: 'trainer' | 'command', attempt = 1): readonly string[] {
    for (this.restarts = 0; this.restarts < 20 && this.attempt(kind, attempt); ) this.restarts++;
    return readdirSync(path.join(this.folder, 'supervisor'))
      .filter((name) => name.startsWith('attempt-'))
      .map((name) => readFileSync(path.join(this.folder, 'supervisor', name, 'exit'), 'utf8').trim())
      .map((exit) => exit.replace(/ \d{10}/, ''));
  }

  private attempt(kind: string, attempt: number): boolean {
    const before = this.requeued;
    const { status, stderr } = spawnSync(
      'sh',
      [path.join(this.folder, 'supervisor', 'supervisor.sh'), 'run', this.folder, String(attempt), kind],
      { encoding: 'utf8', env: this.environment, timeout: 280_000 },
    );
    assert.ok(status === 0 || status === 1, stderr);
    return this.requeued > before;
  }

  private get requeued(): number {
    const file = path.join(this.folder, '..', 'requeued');
    return spawnSync('cat', [file], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean).length;
  }

  private get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${this.programs}:${process.env.PATH}`,
      // Without a profile the command runs at once, and ends before anything else of the supervisor is ready.
      HOME: this.folder,
      SLURM_JOB_ID: '7',
      SLURM_RESTART_COUNT: String(this.restarts),
    };
  }
}

const script = path.join(projectRoot, 'engine', 'targets', 'supervisor.sh');
const warnSupervisor = `until [ -s supervisor/attempt-1/identity ]; do sleep 0.05; done
  kill -USR1 "$(sed -n 's/^supervisor \\([0-9]*\\).*/\\1/p' supervisor/attempt-1/identity)"`;
const warnedInSetup = 'kill -USR1 $$; sleep 60';

describe('a job of the queue that has to make room', () => {
  it('while its setup still runs: it is queued again, but the third time in a row is the last; resumed it counts anew', () => {
    const queue = new Queue(warnedInSetup);
    const [again, last] = ['requeue 138 fruitless', 'exit 138 fruitless'];
    assert.deepEqual(queue.job('trainer'), [again, again, last]);
    assert.match(
      outputOf(queue.folder),
      /Attempt 3 made room before it had a new checkpoint \(3 of at most 3 in a row\)/,
    );
    assert.deepEqual(queue.job('trainer', 4), [again, again, last, again, again, last]);
  });

  it('with a new checkpoint each time it is queued again as often as needed', () => {
    const queue = new Queue(`mkdir -p checkpoints
      count=$(ls checkpoints | grep -c .)
      [ "$count" -lt 4 ] || exit 0
      : >checkpoints/$count; exit 75`);
    assert.deepEqual(queue.job('trainer'), [...Array<string>(4).fill('requeue 75'), 'exit 0']);
  });

  it("the user's own program, which knows its checkpoints itself, as often as it asks for", () => {
    const queue = new Queue('true >supervisor/begun; echo >>begun; [ "$(grep -c "" begun)" -gt 5 ] || exit 75');
    assert.deepEqual(queue.job('command'), [...Array<string>(5).fill('requeue 75'), 'exit 0']);
  });

  it('a warning that no signal brings to the trainer is a file, until the next attempt', () => {
    const queue = new Queue(`trap '' USR1
      [ ! -e preempt ] || exit 3
      mkdir checkpoints 2>/dev/null || exit 0
      ${warnSupervisor}
      until [ -e preempt ]; do sleep 0.05; done
      : >checkpoints/last; exit 75`);
    assert.deepEqual(queue.job('trainer'), ['requeue 75', 'exit 0']);
  });

  it('a warning that cannot be written down ends nothing but what it is for', () => {
    const queue = new Queue(`mkdir preempt
      trap 'sleep 1; exit 3' USR1
      ${warnSupervisor}
      sleep 60 & wait`);
    assert.deepEqual(queue.job('trainer'), ['exit 3']);
  });

  it("the user's own program while its setup still runs, too; one that has begun, and bears no SIGUSR1, has failed", () => {
    const [again, last] = ['requeue 138 fruitless', 'exit 138 fruitless'];
    assert.deepEqual(new Queue(warnedInSetup).job('command'), [again, again, last]);
    assert.deepEqual(new Queue(`true >supervisor/begun; ${warnedInSetup}`).job('command'), ['exit 138']);
  });

  it('a failure on one of several nodes is the last line of the log, not what srun says of it', () => {
    const error = 'data/"a".csv, row 3: "x" is no number. Correct it.';
    const queue = new Queue(`cat >result.json <<'END'
${JSON.stringify({ state: 'failed', error, progress: { epoch: 1 } }, null, 2)}
END
      echo 'srun: error: n2: task 1: Exited with exit code 1'; exit 1`);
    assert.deepEqual(queue.job('trainer'), ['exit 1']);
    assert.equal(outputOf(queue.folder).trimEnd().split('\n').at(-1), error);
  });

  it('torchrun, which has a status of its own, does not hide that it made room', () => {
    const queue = new Queue(`[ ! -e begun ] || exit 0
      : >begun; mkdir checkpoints; : >checkpoints/last
      echo '{"state": "preempted"}' >result.json; exit 1`);
    assert.deepEqual(queue.job('trainer'), ['requeue 75', 'exit 0']);
  });
});

describe('a run folder on a target that takes nothing', () => {
  it('why is told with the end of a command that failed, in the words of the system there', () => {
    const queue = new Queue('exit 3');
    queue.program(
      'dd',
      'echo "dd: error writing \'.room\': No space left on device" >&2; echo "1+0 records in" >&2; exit 1',
    );
    assert.deepEqual(queue.job('command'), ['exit 3 No space left on device']);
  });

  it('where it takes files, or nothing failed, nothing is told', () => {
    assert.deepEqual(new Queue('exit 3').job('command'), ['exit 3']);
    const queue = new Queue('exit 0');
    queue.program('dd', 'echo "dd: .room: Permission denied" >&2; exit 1');
    assert.deepEqual(queue.job('command'), ['exit 0']);
  });

  it('where what an earlier attempt said cannot be removed, the next one does not begin', () => {
    const queue = new Queue('echo begun');
    mkdirSync(path.join(queue.folder, 'result.json'));
    queue.program('dd', 'echo "dd: failed to open \'.room\': Read-only file system" >&2; exit 1');
    assert.deepEqual(queue.job('command'), ['exit 1 Read-only file system']);
    assert.equal(outputOf(queue.folder), '');
  });
});
