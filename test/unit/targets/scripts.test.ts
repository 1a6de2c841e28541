import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { commandScript, type RemoteRun } from '../../../core/runs/commandScript';
import { loginShellCommand } from '../../../core/runs/remoteScript';
import { commandText, quote, quotePath } from '../../../core/runs/shell';
import { jobScript, submitCommand } from '../../../core/runs/slurmJob';
import type { SlurmTarget } from '../../../core/runs/target';

/** What is most likely to be taken for something else. */
const hostile = [
  `it's`,
  '$(touch x)',
  '`touch x`',
  '"; touch x; "',
  '-rf',
  '--',
  '~',
  '~/x',
  '!!',
  '*',
  '',
  ' ',
  'a\nb',
  '\\',
  '한글',
  '\u{1f600}',
  '%s\\n',
  "'''",
  '$HOME',
  '#',
  '&',
  '|',
  '<',
  '(',
  'a=b',
  '{a,b}',
  '\t',
];

describe('words for a shell', () => {
  it('come out as they went in', () => {
    const script = `for each in ${commandText(hostile)}; do printf '%s\\0' "$each"; done`;
    assert.deepEqual(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1), hostile);
  });

  it('what is plain is not quoted; NUL cannot be in a word', () => {
    assert.equal(commandText(['python3', 'train.py', '--lr=0.1']), 'python3 train.py --lr=0.1');
    assert.equal(quote('a\0b'), 'ab');
  });

  it('a path below the home folder is resolved there, with everything behind it as it is', () => {
    const run = (path: string) =>
      execFileSync('sh', ['-c', `printf %s ${quotePath(path)}`], { encoding: 'utf8', env: { HOME: '/home/it is' } });
    assert.equal(run('~'), '/home/it is');
    assert.equal(run('~/$(touch x)'), '/home/it is/$(touch x)');
    assert.equal(run('/~/x'), '/~/x');
    assert.equal(run('-rf'), './-rf');
  });

  it('a script goes through a login shell of any kind unchanged', () => {
    const script = `printf '%s\\0' ${commandText(hostile)}; printf done`;
    const command = loginShellCommand(script);
    // Outside of quotes there is nothing that csh or fish would read otherwise than sh.
    assert.match(command, /^exec sh -c 'eval "\$\(printf %b "\$0"\)"' '[A-Za-z0-9 _./:,=+\\-]*'$/);
    for (const shell of ['sh', 'bash']) {
      const output = execFileSync(shell, ['-c', command], { encoding: 'utf8' });
      assert.deepEqual(output.split('\0'), [...hostile, 'done'], shell);
    }
  });
});

const cluster: SlurmTarget = { name: 'cluster', kind: 'slurm', partition: 'gpu', gres: 'gpu:2', time: '04:00:00' };

const run: RemoteRun = {
  id: '20261123-000000-abcd',
  target: cluster,
  folder: '~/match down',
  trainer: 'pytorch',
  trainerFolder: '~/match down/trees/1',
  data: { data: '/data/$(touch x)' },
};

describe('the script that becomes a run', () => {
  it('sets the contract, and starts our trainer', () => {
    const setup = 'source ~/venv/bin/activate';
    const script = commandScript({ ...run, target: { ...cluster, setup, environment: { A: "it's" } } });
    assert.deepEqual(script.split('\n').slice(1, -1), [
      `export MATCHDOWN_RUN_DIR="$HOME"/'match down/runs/20261123-000000-abcd'`,
      'export MATCHDOWN_SCHEME="$MATCHDOWN_RUN_DIR"/scheme.json',
      'export MATCHDOWN_RUN_ID=20261123-000000-abcd',
      "export MATCHDOWN_DATA='/data/$(touch x)'",
      'export PYTHONUNBUFFERED=1',
      "export A='it'\\''s'",
      `[ -z "\${CUDA_VISIBLE_DEVICES:-}" ] || export MATCHDOWN_GPUS="$CUDA_VISIBLE_DEVICES"`,
      setup,
      'cd "$MATCHDOWN_RUN_DIR" || exit 1',
      `export PYTHONPATH="$HOME"/'match down/trees/1'"\${PYTHONPATH:+:$PYTHONPATH}"`,
      'exec python3 -m matchdown_trainer',
    ]);
  });

  it('a command runs in its copy of the project, on the GPUs that were chosen', () => {
    const command = ['python', 'train.py', '$(touch x)'];
    const script = commandScript({ ...run, trainer: 'command', command, gpus: [1, 3] });
    assert.match(script, /^export CUDA_VISIBLE_DEVICES=1,3$/m);
    assert.match(script, /^true 2>\/dev\/null >"\$MATCHDOWN_RUN_DIR"\/supervisor\/begun\ncd/m);
    assert.match(script, /^cd "\$MATCHDOWN_RUN_DIR"\/project \|\| exit 1\nexec python train\.py '\$\(touch x\)'$/m);
  });

  it('speaks the language of whoever launched it', () => {
    assert.match(commandScript({ ...run, language: 'ko' }), /^export MATCHDOWN_LANGUAGE=ko$/m);
  });

  it('over several nodes torchrun starts it on each', () => {
    const script = commandScript({ ...run, target: { ...cluster, nodes: 2 } });
    assert.match(script, /srun --ntasks="\$SLURM_NNODES"[\s\S]*matchdown_trainer\.torchrun --nnodes="\$SLURM_NNODES"/);
    execFileSync('sh', ['-n'], { input: script });
  });
});

describe("Slurm's job", () => {
  const job = { target: cluster, name: 'matchdown-1', runs: [run], attempts: [1] };

  it('asks for what the target says, is warned before its limit and may be queued again', () => {
    assert.deepEqual(jobScript(job).split('\n').slice(0, -1), [
      '#!/bin/sh',
      '#SBATCH --job-name=matchdown-1',
      '#SBATCH --partition=gpu',
      '#SBATCH --gres=gpu:2',
      '#SBATCH --time=04:00:00',
      '#SBATCH --output=supervisor/slurm-%j.log',
      '#SBATCH --open-mode=append',
      '#SBATCH --requeue',
      '#SBATCH --signal=B:USR1@120',
      `exec sh "$HOME"/'match down/runs/20261123-000000-abcd'/supervisor/supervisor.sh run "$HOME"/'match down/runs/20261123-000000-abcd' 1 trainer`,
    ]);
  });

  it('a command is warned only when the target says so: SIGUSR1 would end it', () => {
    const command = { ...run, trainer: 'command' as const };
    assert.doesNotMatch(jobScript({ ...job, runs: [command] }), /--signal/);
    assert.match(jobScript({ ...job, target: { ...cluster, warning: 60 }, runs: [command] }), /--signal=B:USR1@60/);
  });

  it('an option with anything that could be read otherwise is quoted for the command line', () => {
    const options = ['--constraint=a100', '--comment=$(touch x) "it\'s"'];
    const odd = { ...job, target: { ...cluster, options } };
    assert.match(jobScript(odd), /^#SBATCH --constraint=a100$/m);
    assert.doesNotMatch(jobScript(odd), /touch/);
    assert.match(submitCommand(odd), / '--comment=\$\(touch x\) "it'\\''s"' /);
  });

  it('many runs are one array', () => {
    const second = { ...run, id: '20261123-000000-ef01' };
    const script = jobScript({ ...job, runs: [run, second], attempts: [1, 3], atOnce: 1 });
    assert.match(script, /^#SBATCH --array=0-1%1$/m);
    assert.match(script, /^ {2}1\) exec sh .*-ef01'\/supervisor\/supervisor\.sh run .*-ef01' 3 trainer ;;$/m);
    execFileSync('sh', ['-n'], { input: script });
  });
});
