import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gitState } from '../../../engine/runs/git';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

describe('the commit of a run', () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();

  beforeEach(() => {
    folder = path.join(temporaryFolder(), `a 'b' $(c)`);
    mkdirSync(path.join(folder, 'runs'), { recursive: true });
    git('init', '-q');
    writeFileSync(path.join(folder, 'file'), 'one\n');
    git('add', '.');
    git('commit', '-q', '-m', 'First');
  });
  const state = () => gitState(folder, path.join(folder, 'runs'));

  it('a clean tree, runs aside', async () => {
    writeFileSync(path.join(folder, 'runs', 'run.json'), '{}');
    assert.deepEqual(await state(), { commit: git('rev-parse', 'HEAD'), dirty: false });
  });

  it('changes and new files, each with a hash of its own', async () => {
    writeFileSync(path.join(folder, 'file'), 'two\n');
    const two = await state();
    writeFileSync(path.join(folder, 'file'), 'three\n');
    const three = await state();
    git('checkout', '-q', '--', 'file');
    writeFileSync(path.join(folder, 'train.py'), '');
    const added = await state();
    assert.deepEqual(
      [two, three, added].map((found) => found?.dirty),
      [true, true, true],
    );
    assert.equal(new Set([two, three, added].map((found) => found?.diffSha256)).size, 3);
  });

  it('runs may lie outside of the repository', async () => {
    assert.equal((await gitState(folder, temporaryFolder()))?.dirty, false);
  });

  it('no repository, and no commit yet', async () => {
    assert.equal(await gitState(temporaryFolder(), 'runs'), undefined);
    const empty = temporaryFolder();
    execFileSync('git', ['init', '-q'], { cwd: empty });
    assert.equal(await gitState(empty, 'runs'), undefined);
  });

  it("a repository's own configuration does not run programs", async () => {
    const marker = path.join(temporaryFolder(), 'ran');
    git('config', 'core.fsmonitor', `touch ${marker}`);
    git('config', 'diff.external', `touch ${marker}`);
    writeFileSync(path.join(folder, 'file'), 'two\n');
    assert.equal((await state())?.dirty, true);
    assert.ok(!existsSync(marker));
  });
});
