import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clustersOf, jobText } from '../../../core/runs/slurmJob';
import type { SlurmTarget } from '../../../core/runs/target';
import { checkTarget } from '../../../engine/targets/check';
import { type Look, parseLook } from '../../../engine/targets/look';
import { submitScript } from '../../../engine/targets/start';
import { projectRoot } from '../../support/projectRoot';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

/** What one of Slurm's commands prints on its outputs, and its exit status. */
interface Answer {
  readonly output?: string;
  readonly errors?: string;
  readonly status?: number;
}

type Programs = Partial<Record<'squeue' | 'sacct' | 'sbatch' | 'sinfo' | 'scancel', Answer>>;

const forgotten: Answer = { errors: 'slurm_load_jobs error: Invalid job id specified', status: 1 };
const unreachable: Answer = {
  errors: 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)',
  status: 1,
};
const noAccounting: Answer = { errors: 'Slurm accounting storage is disabled', status: 1 };
const noDatabase: Answer = {
  errors:
    'sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:dbd:6819: Connection refused',
  status: 1,
};
const running = { state: 'RUNNING', nodes: 'n1' };

const told: readonly (readonly [string, Programs, Look['job'] | undefined])[] = [
  ['it runs', { squeue: { output: 'RUNNING|None|n1' } }, running],
  [
    'it waits, as of 17.11',
    { squeue: { output: 'PENDING|ReqNodeNotAvail, UnavailableNodes:n[1-2]|' } },
    { state: 'PENDING', reason: 'ReqNodeNotAvail, UnavailableNodes:n[1-2]' },
  ],
  [
    'held after a launch that failed',
    { squeue: { output: 'PENDING|launch failed requeued held|' } },
    { state: 'PENDING', reason: 'launch failed requeued held' },
  ],
  [
    'waiting tasks of an array',
    { squeue: { output: 'PENDING|JobArrayTaskLimit|\nRUNNING|None|n1' } },
    { state: 'PENDING', reason: 'JobArrayTaskLimit' },
  ],
  [
    'squeue warns beside its answer',
    {
      squeue: {
        output: 'RUNNING|None|n1',
        errors: 'squeue: error: s_p_parse_file: unable to status file /etc/slurm/plugstack.conf',
      },
    },
    running,
  ],
  ['taken by another cluster of a federation', { squeue: { output: 'REVOKED|None|' } }, { state: 'REVOKED' }],
  ['forgotten, without accounting', { squeue: forgotten, sacct: noAccounting }, 'unknown'],
  ['forgotten, without sacct', { squeue: forgotten }, 'unknown'],
  ['forgotten, the database does not answer', { squeue: forgotten, sacct: noDatabase }, 'unknown'],
  [
    'forgotten, with accounting',
    { squeue: forgotten, sacct: { output: 'TIMEOUT|n1' } },
    { state: 'TIMEOUT', nodes: 'n1' },
  ],
  [
    'purged: squeue of 23.11 knows no more and does not mind',
    { squeue: {}, sacct: { output: 'OUT_OF_MEMORY|n[1-2]' } },
    { state: 'OUT_OF_MEMORY', nodes: 'n[1-2]' },
  ],
  [
    'cancelled while it waited',
    { squeue: forgotten, sacct: { output: 'CANCELLED by 1000|None assigned' } },
    { state: 'CANCELLED', nodes: 'None assigned' },
  ],
  [
    'several records of one id: the last',
    { squeue: forgotten, sacct: { output: 'NODE_FAIL|n1\nCOMPLETED|n2' } },
    { state: 'COMPLETED', nodes: 'n2' },
  ],
  ['the controller does not answer', { squeue: unreachable, sacct: { output: 'RUNNING|n1' } }, undefined],
  [
    'it timed out',
    { squeue: { errors: 'slurm_load_jobs error: Socket timed out on send/recv operation', status: 1 } },
    undefined,
  ],
  ['no Slurm on this login node', {}, undefined],
];

describe('what Slurm of many versions answers', () => {
  const root = temporaryFolder();
  const run = path.join(root, 'run');
  const script = path.join(run, 'supervisor', 'supervisor.sh');

  before(() => {
    mkdirSync(path.join(run, 'supervisor'), { recursive: true });
    cpSync(path.join(projectRoot, 'engine', 'targets', 'supervisor.sh'), script);
    writeFileSync(path.join(run, 'supervisor', 'job'), '7\n');
  });

  beforeEach(() => writeFileSync(path.join(root, 'asked'), ''));

  for (const [name, programs, expected] of told)
    it(name, () => {
      const { stdout } = spawnSync('sh', [script, 'serve', run], { ...inCluster(programs), input: 'look 7\n' });
      const look = parseLook(stdout.split('\n'));
      assert.ok(!look.missing);
      assert.deepEqual(look.job, expected, stdout);
    });

  it('sbatch says more than the id of the job, and names its cluster', () => {
    const banner =
      '-----------------\n   Welcome to the cluster\n-----------------\n--> Verifying valid submit host (login1)...OK';
    const answers: Readonly<Record<string, string>> = {
      [`${banner}\n4711;alpha`]: '4711;alpha',
      '4711': '4711',
      'Submitted batch job 4711 on cluster alpha': '4711;alpha',
      'Submitted batch job 4711': '4711',
    };
    for (const [output, job] of Object.entries(answers)) {
      assert.deepEqual(submitted({ sbatch: { output, errors: 'sbatch: lua: no account' } }), [job, 0], output);
      assert.equal(readFileSync(path.join(run, 'supervisor', 'job'), 'utf8'), `${job}\n`);
    }
  });

  it('a job whose id was lost is looked for on each cluster that it may be on', () => {
    const target: SlurmTarget = { name: 'cluster', kind: 'slurm', clusters: 'alpha,beta' };
    const squeue = { output: 'CLUSTER: alpha\n4711' };
    assert.deepEqual(submitted({ squeue }, target), ['4711;alpha', 0]);
    assert.deepEqual(asked(), ['squeue -M alpha -h -o %F -n matchdown-run']);
    assert.equal(
      submitted({ squeue: { output: 'CLUSTER: alpha' }, sbatch: { output: '5;beta' } }, target)[0],
      '5;beta',
    );
    assert.deepEqual(
      asked().slice(0, -1),
      ['alpha', 'beta'].map((name) => `squeue -M ${name} -h -o %F -n matchdown-run`),
    );
    assert.deepEqual(clustersOf({ ...target, options: ['--clusters=$(touch x),gamma'] }), ['gamma']);
    assert.deepEqual(clustersOf({ name: 'cluster', kind: 'slurm' }), []);
  });

  it('what is asked of a job, and said to it, is of its cluster', () => {
    const ask = (verb: string, words: string, input = '') =>
      spawnSync('sh', [script, verb, run, ...words.split(' ').filter(Boolean)], { ...inCluster(there), input }).stdout;
    const there: Programs = { squeue: { output: 'CLUSTER: alpha\nRUNNING|None|n1' }, sacct: {}, scancel: {} };
    const look = parseLook(ask('serve', '', 'look 7_1;alpha\n').split('\n'));
    assert.ok(!look.missing);
    assert.deepEqual(look.job, running);
    assert.deepEqual(asked(), ['squeue -M alpha -h -t all -o %T|%r|%N -j 7_1']);
    there.squeue = { output: 'CLUSTER: alpha' };
    ask('serve', '', 'look 7;alpha\n');
    assert.equal(asked().at(-1), 'sacct -M alpha -n -X -P -o State,NodeList -j 7');
    assert.equal(ask('stop', '1 7;alpha'), 'stopped\n');
    assert.deepEqual(asked().slice(0, 2), ['squeue -M alpha -h -o %T -j 7', 'scancel -M alpha 7']);
    there.squeue = { output: 'CLUSTER: alpha\nRUNNING' };
    ask('stop', '0 7;alpha');
    assert.deepEqual(
      asked().filter((line) => line.startsWith('scancel')),
      ['scancel -M alpha --batch --signal=TERM 7', 'scancel -M alpha 7'],
    );
    assert.deepEqual([jobText('7_1;alpha'), jobText('7')], ['7_1 (alpha)', '7']);
  });

  it('sbatch refuses, on either of its outputs, or tells no id', () => {
    for (const sbatch of [
      { errors: 'sbatch: error: Batch job submission failed: Invalid qos specification', status: 1 },
      { output: 'FAILED: Invalid qos specification', status: 1 },
      { output: 'Invalid qos specification' },
    ])
      assert.deepEqual(submitted({ sbatch }), ['Invalid qos specification', 1]);
  });

  /** The id that a submission printed, or the end of what it complained of; its status. */
  function submitted(
    programs: Programs,
    target: SlurmTarget = { name: 'cluster', kind: 'slurm' },
  ): [string, number | null] {
    writeFileSync(path.join(run, 'supervisor', 'submitted-1'), '');
    const remote = { id: 'run', target, folder: root, trainer: 'command' as const, command: ['true'], data: {} };
    const input = submitScript({ target, name: 'matchdown-run', runs: [{ ...remote }], attempts: [1] });
    const { stdout, stderr, status } = spawnSync('sh', ['-s'], {
      ...inCluster({ squeue: {}, ...programs }),
      input: input.replaceAll(`${root}/runs/run`, run),
    });
    const complaint = /(Invalid qos specification)\s*$/.exec(stderr)?.[1];
    return [status === 0 ? stdout.trim() : (complaint ?? stderr), status];
  }

  it('partitions, as of 17.11 to 23.11', async () => {
    const output = [
      'debug*|up|30:00|4|0/4/0/4|(null)',
      'gpu|up|7-00:00:00|12|10/1/1/12|gpu:v100:4(S:0-1)',
      'gpu|up|7-00:00:00|2|0/2/0/2|gpu:a100:8',
      'old|drain|infinite|3|0/0/3/3|',
    ].join('\n');
    const { PATH } = process.env;
    process.env.PATH = inCluster({
      sinfo: { output },
      sbatch: { output: 'slurm 20.11.9' },
      sacct: noAccounting,
    }).env.PATH;
    try {
      const { partitions, slurm } = await checkTarget({ name: 'c', kind: 'slurm', folder: root, command: ['true'] });
      assert.deepEqual(slurm, { version: '20.11.9', accounting: false });
      assert.deepEqual(
        partitions?.map(({ name, isDefault, available, nodes, idleNodes, gres }) => [
          name,
          isDefault,
          available,
          nodes,
          idleNodes,
          gres,
        ]),
        [
          ['debug', true, true, 4, 4, undefined],
          ['gpu', false, true, 12, 1, 'gpu:v100:4(S:0-1)'],
          ['gpu', false, true, 2, 2, 'gpu:a100:8'],
          ['old', false, false, 3, 0, undefined],
        ],
      );
    } finally {
      process.env.PATH = PATH;
    }
  });

  let count = 0;

  /** The commands since the last time. */
  function asked(): string[] {
    const lines = readFileSync(path.join(root, 'asked'), 'utf8').trim().split('\n');
    writeFileSync(path.join(root, 'asked'), '');
    return lines;
  }

  /** Where Slurm's commands are these alone. */
  function inCluster(programs: Programs): { env: NodeJS.ProcessEnv & { PATH: string }; encoding: 'utf8' } {
    const folder = path.join(root, `bin${count++}`);
    mkdirSync(folder);
    const all: Programs = {
      squeue: absent,
      sacct: absent,
      sbatch: absent,
      sinfo: absent,
      scancel: absent,
      ...programs,
    };
    for (const [name, { output = '', errors = '', status = 0 }] of Object.entries(all)) {
      for (const [suffix, text] of [
        ['out', output],
        ['err', errors],
      ] as const)
        writeFileSync(path.join(folder, `${name}.${suffix}`), text && `${text}\n`);
      const file = path.join(folder, name);
      const note = `echo "${name} $*" >>'${root}/asked'`;
      writeFileSync(file, `#!/bin/sh\n${note}\ncat '${file}.out'; cat '${file}.err' >&2; exit ${status}\n`, {
        mode: 0o755,
      });
    }
    return { env: { ...process.env, PATH: `${folder}:${process.env.PATH}` }, encoding: 'utf8' };
  }
});

/** As a shell answers for a program that is not there. */
const absent: Answer = { errors: 'sh: 1: not found', status: 127 };
