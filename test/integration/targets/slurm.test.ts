import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SlurmTarget } from '../../../core/runs/target';
import { attach } from '../../../engine/runs/attach';
import { launchArray, resumeRun } from '../../../engine/runs/launch';
import { stopRun } from '../../../engine/runs/stop';
import { readRecord } from '../../../engine/runs/store';
import { checkTarget } from '../../../engine/targets/check';
import { shellOf } from '../../../engine/targets/shells';
import { startOnTarget } from '../../../engine/targets/start';
import { describeWithServer } from '../../support/describeWithServer';
import { isInstalled } from '../../support/servers.mjs';
import { TestSlurm } from '../../support/slurm';
import { TestSshd } from '../../support/sshd';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { allGone, awkward, ended, outputOf, Project, patience, programs, until, waitFor } from './fixture';

describeWithServer('slurm-wlm', 'runs in the queue of Slurm', function (this: void) {
  const root = temporaryFolder();
  const home = path.join(root, 'cluster', awkward);
  let slurm: TestSlurm;
  const target: SlurmTarget = { name: 'cluster', kind: 'slurm', folder: home, partition: 'debug', time: '00:05:00' };

  before(async () => {
    mkdirSync(path.dirname(home), { recursive: true });
    slurm = await TestSlurm.start(path.join(root, 'slurm'));
    process.env.SLURM_CONF = slurm.config;
  });

  after(async () => {
    await slurm.stop();
    delete process.env.SLURM_CONF;
    await allGone(home, 'what is left of the runs');
    await allGone(path.join(root, 'slurm'), 'what is left of Slurm');
  });

  it('the target answers, and tells its partitions', async () => {
    const check = await checkTarget({ ...target, partition: 'debug,no-such' });
    assert.equal(check.answers, true);
    assert.match(check.slurm?.version ?? '', /^\d+\.\d+/);
    assert.equal(check.slurm?.accounting, false);
    const debug = check.partitions?.find(({ name }) => name === 'debug');
    assert.deepEqual([debug?.isDefault, debug?.nodes, debug?.gres], [true, 2, 'gpu:fake:2']);
    assert.ok(check.problems.some(({ message }) => message === 'There is no partition "no-such".'));
  });

  it('a run is queued, runs with the GPUs that it asked for, and comes back', async () => {
    const project = new Project(
      `console.log(process.env.CUDA_VISIBLE_DEVICES, process.env.MATCHDOWN_GPUS); ${programs.tell}`,
    );
    const { folder, record } = await project.run({ ...target, gres: 'gpu:2' }, ['--flag', awkward]);
    assert.equal(record.state, 'finished', record.error);
    const [gpus, told] = outputOf(folder).split('\n');
    assert.equal(gpus, '0,1 0,1');
    assert.deepEqual((JSON.parse(told!) as { args: string[] }).args, ['--flag', awkward]);
    assert.match(record.remote?.job ?? '', /^\d+$/);
    const states = record.history.map(({ state }) => state);
    assert.deepEqual([...states.slice(0, 2), states.at(-1)], ['starting', 'queued', 'finished']);
    for (const place of [project.folder, home, root]) assert.ok(!existsSync(path.join(place, 'x')), place);
  });

  it('one run through two attempts: it makes room, is queued again and goes on; the join is marked', async () => {
    const { folder, record } = await new Project(programs.preempted).run(target);
    assert.equal(record.state, 'finished', record.error);
    assert.equal(outputOf(folder).replaceAll(/^(?!part).*\n/gm, ''), 'part 0\npart 1\n');
    assert.deepEqual(
      record.attempts?.map(({ number, exit }) => [number, exit?.code]),
      [
        [1, 75],
        [2, 0],
      ],
    );
    assert.ok(record.history.some(({ state, reason }) => state === 'running' && /^Attempt 2 on /.test(reason ?? '')));
  });

  it('a job that waits says for what; cancelled there, it is stopped here', async () => {
    const project = new Project(programs.count);
    const folder = await project.launch({ ...target, options: ['--begin=now+1hour'] });
    const finished = ended(folder);
    const waiting = await waitFor(folder, ({ remote }) => remote?.waitingFor !== undefined);
    assert.deepEqual([waiting.state, waiting.remote?.waitingFor], ['queued', 'BeginTime']);
    slurm.run('scancel', waiting.remote!.job!);
    const record = await finished;
    assert.equal(record.state, 'stopped');
    assert.equal(outputOf(folder), '');
  });

  it('a stop reaches the job and all of its processes', async () => {
    const folder = await new Project(programs.count).launch(target);
    const finished = ended(folder);
    await until('it counts', () => outputOf(folder).includes('line 3'));
    const outcome = await stopRun(folder, patience);
    assert.ok(outcome.ok && !outcome.killed, JSON.stringify(outcome));
    assert.equal((await finished).state, 'stopped');
    await allGone(outcome.record.id);
  });

  it('a node that fails under a run: it is queued again on another node, as the same run', async () => {
    const folder = await new Project(`
      const fs = require('fs'), file = process.env.MATCHDOWN_RUN_DIR + '/begun';
      if (fs.existsSync(file)) process.exit(0);
      fs.writeFileSync(file, '');
      setInterval(() => console.log('going on'), 50);`).launch(target);
    const finished = ended(folder);
    await until('it runs', () => outputOf(folder).includes('going on'));
    const { remote } = await readRecord(folder);
    slurm.run('scontrol', 'requeue', remote!.job!);
    const record = await finished;
    assert.equal(record.state, 'finished', record.error);
    assert.equal(record.attempts?.length, 2);
    await allGone(record.id);
  });

  it('a drained node takes no run; it waits, and runs when the node is back', async () => {
    slurm.run('scontrol', 'update', 'NodeName=n[1-2]', 'State=DRAIN', 'Reason=test');
    let finished: ReturnType<typeof ended>;
    try {
      const folder = await new Project(programs.tell).launch(target);
      finished = ended(folder);
      await waitFor(folder, ({ remote }) => remote?.waitingFor !== undefined);
    } finally {
      slurm.run('scontrol', 'update', 'NodeName=n[1-2]', 'State=RESUME');
    }
    assert.equal((await finished).state, 'finished');
  });

  it('many runs are one array, of which so many run at a time; one that fails leaves the others', async () => {
    const project = new Project(`
      const scheme = JSON.parse(require('fs').readFileSync(process.env.MATCHDOWN_SCHEME));
      console.log(scheme.model.learning_rate);
      process.exit(scheme.model.learning_rate === 0.2 ? 1 : 0);`);
    const { schemeFile, runsFolder } = project;
    const outcome = await launchArray({
      schemeFile,
      runsFolder,
      target: target.name,
      targets: [target],
      command: [process.execPath, 'train.cjs'],
      trials: [0.1, 0.2, 0.3].map((rate) => ({ overrides: { 'model.learning_rate': rate } })),
      atOnce: 2,
    });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    const records = await Promise.all(outcome.runs.map(({ folder }) => ended(folder)));
    assert.deepEqual(
      records.map(({ state }) => state),
      ['finished', 'failed', 'finished'],
    );
    assert.deepEqual(
      outcome.runs.map(({ folder }) => outputOf(folder)),
      ['0.1\n', '0.2\n', '0.3\n'],
    );
    const [job] = records[0]!.remote!.job!.split('_');
    assert.deepEqual(
      records.map(({ remote }) => remote?.job),
      [0, 1, 2].map((index) => `${job}_${index}`),
    );
  });

  it('a cluster behind ssh: the same; an answer that is lost does not queue it twice', async function () {
    if (!isInstalled('openssh-server')) return this.skip();
    const login = await TestSshd.start(path.join(root, 'login'), { environment: { SLURM_CONF: slurm.config } });
    try {
      const there = { ...target, host: 'testhost', sshConfig: login.config };
      const folder = await new Project(programs.tell).launch(there);
      const record = await ended(folder);
      assert.equal(record.state, 'finished', record.error);
      const runs = [{ id: record.id, target: there, folder: home, trainer: 'command' as const, command: [], data: {} }];
      const shell = shellOf(there);
      const again = await startOnTarget({ shell, folder: home, id: record.id }, runs, [1]);
      assert.deepEqual(again, [record.remote?.job], 'submitted again it is the job that it was');
    } finally {
      login.stop();
    }
  });

  it('queued again after it had made room it is another job of the same run', async () => {
    const folder = await new Project(programs.preempted).launch({ ...target, options: ['--no-requeue'] });
    const record = await ended(folder);
    assert.equal(record.state, 'stopped', 'it cannot be queued again by itself');
    const resumed = await resumeRun(folder);
    assert.ok(resumed.ok, JSON.stringify(resumed));
    const again = await ended(folder);
    assert.deepEqual([again.state, again.attempts?.length], ['finished', 2], again.error);
    assert.notEqual(again.remote?.job, record.remote?.job);
  });

  it('what sbatch refuses is told, and nothing is left behind', async () => {
    const project = new Project(programs.tell);
    const before = readdirSync(path.join(home, 'runs'));
    const outcome = await project.tryToLaunch({ ...target, partition: 'no-such' });
    assert.ok(!outcome.ok && /invalid partition/.test(outcome.message), JSON.stringify(outcome));
    assert.deepEqual(readdirSync(project.runsFolder), []);
    assert.deepEqual(readdirSync(path.join(home, 'runs')), before);
  });

  it('a job that waits, stopped and resumed, is queued again', async () => {
    const folder = await new Project(programs.tell).launch({ ...target, options: ['--begin=now+1hour'] });
    const finished = ended(folder);
    const { remote } = await waitFor(folder, (record) => record.remote?.waitingFor !== undefined);
    assert.ok((await stopRun(folder)).ok);
    assert.equal((await finished).state, 'stopped');
    assert.ok((await resumeRun(folder)).ok);
    const again = await readRecord(folder);
    assert.equal(again.state, 'queued');
    assert.notEqual(again.remote?.job, remote?.job);
    assert.ok((await stopRun(folder)).ok);
  });

  it('a job that Slurm has forgotten ended as its record there says', async () => {
    const folder = await new Project(programs.tell).launch(target);
    const { id } = await readRecord(folder);
    await until('it has ended there', () => existsSync(path.join(home, 'runs', id, 'supervisor', 'attempt-1', 'exit')));
    // As after a restart of a controller that kept nothing: no job is known.
    await until('Slurm is done with it', () => slurm.run('squeue', '-h').trim() === '');
    process.env.PATH = `${forgetful(root)}:${process.env.PATH}`;
    try {
      assert.equal((await attach(folder)).state, 'finished');
    } finally {
      process.env.PATH = process.env.PATH.slice(process.env.PATH.indexOf(':') + 1);
    }
  });
});

/** A `squeue` that knows no job. */
function forgetful(root: string): string {
  const folder = path.join(root, 'forgetful');
  mkdirSync(folder, { recursive: true });
  const script = '#!/bin/sh\necho "slurm_load_jobs error: Invalid job id specified" >&2\nexit 1\n';
  writeFileSync(path.join(folder, 'squeue'), script, { mode: 0o755 });
  return folder;
}
