import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunSummary } from '../../../core/protocol/runs';
import type { Target, TargetCheck } from '../../../core/runs/target';
import type { DryRun } from '../../../engine/runs/options';
import { json, matchdown } from '../cliFixture';
import { awkward, Project, programs } from './fixture';

describe('the command line on targets', () => {
  const project = (program: string) => {
    const made = new Project(program);
    const targets: Target[] = [{ name: 'box', kind: 'ssh', host: 'nowhere.invalid', gpus: [1], dataRoot: '/data' }];
    writeFileSync(path.join(made.folder, 'targets.json'), JSON.stringify(targets));
    return made;
  };

  it('lists them; what is wrong with them is told with its place', async () => {
    const { folder } = project('');
    const { out } = await matchdown(folder, 'targets', '--targets', 'targets.json');
    assert.match(out, /^embedded .*\nlocal .*\nbox +ssh +nowhere\.invalid, python3$/m);
    writeFileSync(path.join(folder, 'wrong.json'), '[{ "name": "a", "kind": "ssh" }]');
    const wrong = await matchdown(folder, 'targets', '--targets', 'wrong.json');
    assert.equal(wrong.status, 2);
    assert.match(wrong.err, /^wrong\.json, 1:2: Target "a" needs "host"\. /);
  });

  it('checks one: 0, 1 or 2, and JSON as its schema says', async () => {
    const { folder } = project('');
    const embedded = await json<TargetCheck>('target_check', folder, 'targets', 'check', 'embedded');
    assert.equal(embedded.answers, true);
    const box = await matchdown(folder, 'targets', 'check', 'box', '--targets', 'targets.json');
    assert.equal(box.status, 2);
    assert.match(box.err, /There is no machine named nowhere\.invalid/);
    const local = await json<TargetCheck>('target_check', folder, 'targets', 'check', 'local');
    assert.ok(local.host && local.disk);
    assert.match((await matchdown(folder, 'targets', 'check', 'other')).err, /There are: embedded, local\.$/m);
  });

  it('a dry run shows commands, scripts and what would be uploaded, and does nothing', async () => {
    const { folder } = project('');
    const argv = ['run', 'model_scheme.json', '--target', 'box', '--targets', 'targets.json', '--dry-run'];
    const { out, status } = await matchdown(folder, ...argv, '--', 'python', 'train.py', awkward);
    assert.equal(status, 0);
    assert.match(out, /exec python train\.py 'it'\\''s "한글" \$\(touch x\) -rf'/);
    assert.match(out, /export CUDA_VISIBLE_DEVICES=1\n/);
    assert.match(out, /ssh -T .* -- nowhere\.invalid/);
    assert.match(out, /Upload: 3 files/);
    const { steps, upload } = await json<DryRun>('dry_run', folder, ...argv, '--set', 'data.data_path=images');
    assert.ok(steps.some(({ text: step }) => /^export MATCHDOWN_DATA=\/data\/images$/m.test(step)));
    assert.ok(steps.some(({ text: step }) => /exec python3 -m matchdown_trainer/.test(step)));
    assert.ok(upload!.files.some((file) => file.path === 'matchdown_trainer/__main__.py'));
    assert.ok(!existsSync(path.join(folder, 'runs')));
  });

  it('runs a command, resumes what made room, clones it with changes, deletes it', async () => {
    const { folder } = project(programs.preempted);
    const first = await matchdown(folder, 'run', 'model_scheme.json', '--', process.execPath, 'train.cjs');
    assert.equal(first.status, 1, first.err);
    const [id] = first.out.split('\n');
    assert.match(first.out, /part 0\n/);
    const resumed = await matchdown(folder, 'runs', 'resume', id!);
    assert.equal(resumed.status, 0, resumed.err);
    const cloned = await matchdown(folder, 'runs', 'clone', id!, '--set', 'model.seed=5', '--detach');
    assert.equal(cloned.status, 0, cloned.err);
    const clone = cloned.out.trim();
    await matchdown(folder, 'runs', 'attach', clone);
    const shown = await matchdown(folder, 'runs', 'show', clone, '--format', 'json');
    const { record } = JSON.parse(shown.out) as RunSummary;
    assert.deepEqual([record?.parent, record?.overrides], [id, { 'model.seed': 5 }]);
    assert.equal((await matchdown(folder, 'runs', 'delete', id!, clone)).status, 0);
    assert.deepEqual(readdirSync(path.join(folder, 'runs')), []);
  });

  it('what cannot be: an unknown target, a command for the embedded trainer, a wrong --gpus', async () => {
    const { folder } = project('');
    const refusal = async (...argv: string[]) => (await matchdown(folder, 'run', 'model_scheme.json', ...argv)).err;
    assert.match(await refusal('--target', 'moon'), /There is no target "moon"\. There are: embedded, local\./);
    assert.match(await refusal('--target', 'embedded', '--', 'python'), /embedded trainer runs no command/);
    assert.match(await refusal('--gpus', 'many'), /--gpus is auto, none/);
    assert.ok(!existsSync(path.join(folder, 'runs')));
  });
});
