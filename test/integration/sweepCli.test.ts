import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SweepRecord } from '../../core/sweep/record';
import { temporaryFolder } from '../support/temporaryFolder.mjs';
import { CommandLine, json, matchdown } from './cliFixture';
import { distanceFrom02 } from './targets/sweepFixture';
import { TrainingFolder } from './trainingFixture';

describe('matchdown sweep', () => {
  it('prints the id first, a line for each trial, the table, and how to see the best scheme', async () => {
    const { folder } = new TrainingFolder({ 'model.iteration': 1 });
    const { status, out } = await matchdown(
      folder,
      'sweep',
      'model_scheme.json',
      ...[
        '--strategy',
        'grid',
        '--set',
        'model.learning_rate=0.001,0.01',
        '--set',
        'data.batch_size=8',
        '--threads',
        '1',
      ],
    );
    assert.equal(status, 0);
    const [id, ...lines] = out.trimEnd().split('\n');
    assert.match(id!, /^\d{8}-\d{6}-[0-9a-f]{4}$/);
    assert.match(lines[0]!, /^#1 model\.learning_rate=0\.001: finished, loss\/validation [\d.]+$/);
    assert.match(out, /^\* [12] +finished +0\.01? /m);
    assert.match(lines.at(-1)!, /git diff --no-index model_scheme\.json runs\/sweeps\/.*\/best_scheme\.json$/);
    const listed = await matchdown(folder, 'sweep', 'list');
    assert.match(listed.out, new RegExp(`^${id} +finished`, 'm'));
    const shown = await json<SweepRecord>('sweep_record', folder, 'sweep', 'show', id!.slice(-4));
    assert.deepEqual(shown.definition.fixed, { 'data.batch_size': 8 });
  });

  it('reads a sweep file; the command line says otherwise', async () => {
    const { folder } = new TrainingFolder({ 'model.iteration': 1 });
    const file = {
      strategy: 'random',
      trials: 1,
      ranges: { 'model.learning_rate': '1e-4..1e-1:log' },
      objective: { tag: 'accuracy/validation' },
    };
    writeFileSync(path.join(folder, 'rates.sweep.json'), JSON.stringify(file));
    const record = await json<SweepRecord>('sweep_record', folder, 'sweep', 'rates.sweep.json', '--trials', '2');
    assert.equal(record.trials.length, 2);
    assert.deepEqual(record.definition.objective, { tag: 'accuracy/validation', direction: 'maximize' });
  });

  it("trains with the user's own command, run where the command line is; what fails leaves the others", async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'schemes'));
    copyFileSync(new TrainingFolder().schemeFile, path.join(folder, 'schemes', 'model_scheme.json'));
    writeFileSync(path.join(folder, 'train.cjs'), distanceFrom02);
    const ranges = ['--set', 'model.learning_rate=0.1,0.2,0.4', '--strategy', 'grid', '--concurrency', '3'];
    const argv = [
      'sweep',
      'schemes/model_scheme.json',
      ...ranges,
      '--gpus',
      'none',
      '--',
      process.execPath,
      'train.cjs',
    ];
    const { status, out, err } = await matchdown(folder, ...argv);
    assert.equal(status, 0, err);
    assert.match(out, /^\* 2 +finished +0\.2 +0 /m);
    assert.match(out, /^ +1 +finished +0\.1 +0\.1 /m);
    assert.match(out, /^ +3 +failed +0\.4 +– /m);
  });

  it('stops at Ctrl+C, and goes on later', async function () {
    if (process.platform === 'win32') this.skip();
    const { folder } = new TrainingFolder({ 'model.iteration': 80 });
    const options = ['--trials', '1', '--set', 'model.learning_rate=0.01..0.02', '--threads', '1'];
    const sweep = new CommandLine(folder, ['sweep', 'model_scheme.json', ...options]);
    const id = await sweep.firstLine();
    sweep.child.kill('SIGINT');
    const { status, out, err } = await sweep.ended;
    assert.equal(status, 1);
    assert.match(err, /resume/);
    assert.match(out, new RegExp(`^${id}: stopped`, 'm'));
    const resumed = await matchdown(folder, 'sweep', 'resume', id);
    assert.equal(resumed.status, 0, resumed.err);
    assert.match(resumed.out, /^#1 .*: finished/m);
  });

  for (const [what, args, message] of [
    ['no scheme', [], /Name one scheme/],
    [
      'an unknown strategy',
      ['model_scheme.json', '--strategy', 'bayes'],
      /--strategy is one of grid, random, halving, tpe/,
    ],
    [
      'a range the wrong way round',
      ['model_scheme.json', '--set', 'model.learning_rate=1..0.1'],
      /smaller to a larger/,
    ],
    ['one value and no range', ['model_scheme.json', '--set', 'model.learning_rate=1'], /nothing to sweep/],
    [
      'a range of a layer that there is not',
      ['model_scheme.json', '--set', 'model.network.conv2d_set_2.channel=2..8'],
      /No layer is called "conv2d_set_2"\. Did you mean "conv2d_set_1"\?/,
    ],
    ['seeds that are none', ['model_scheme.json', '--seeds', '1,1'], /--seeds are different whole numbers/],
    ['no trials', ['model_scheme.json', '--trials', '0'], /--trials is a whole number from 1/],
    ['an unknown target', ['model_scheme.json', '--target', 'moon', '--seeds', '1,2'], /no target "moon"/],
    [
      'a command for the embedded trainer',
      ['model_scheme.json', '--target', 'embedded', '--seeds', '1,2', '--', 'python'],
      /embedded trainer runs no command/,
    ],
    ['a missing sweep file', ['none.sweep.json'], /none\.sweep\.json: It cannot be read/],
    ['a wrong sweep file', ['wrong.sweep.json'], /wrong\.sweep\.json, 2:3: trails: There is no such key/],
    ['a sweep that there is not', ['show', 'abcd'], /no such sweep/],
  ] as const)
    it(`refuses ${what}`, async () => {
      const { folder } = new TrainingFolder();
      writeFileSync(path.join(folder, 'wrong.sweep.json'), '{ "ranges": {},\n  "trails": 3 }');
      const { status, out, err } = await matchdown(folder, 'sweep', ...args);
      assert.equal(status, 2);
      assert.equal(out, '');
      assert.match(err, message);
    });
});
