import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fingerprint } from '../../../engine/data/fingerprint';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

function dataFolder(files: Record<string, string>): string {
  const folder = path.join(temporaryFolder(), 'data');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

describe('data fingerprints', () => {
  const files = { 'b/2': 'two', 'a b/1': 'one', '고양이/3': 'three', 'a b/.hidden': 'x' };

  it('a file has its own SHA-256', async () => {
    const file = path.join(dataFolder({ 'x.csv': 'a,b\n' }), 'x.csv');
    assert.deepEqual(await fingerprint(file, 'data/x.csv'), {
      path: 'data/x.csv',
      sha256: hash('sha256', 'a,b\n'),
      files: 1,
      bytes: 4,
    });
  });

  it("a folder has that of sha256sum's list", async () => {
    const list = [
      ['a b/1', 'one'],
      ['b/2', 'two'],
      ['고양이/3', 'three'],
    ].map(([name, text]) => `${hash('sha256', text!)}  ${name}\n`);
    const { sha256, files: count, bytes } = await fingerprint(dataFolder(files));
    assert.deepEqual([sha256, count, bytes], [hash('sha256', list.join('')), 3, 11]);
  });

  it('a folder has that of sha256sum itself', async function () {
    if (process.platform !== 'linux') this.skip();
    const folder = dataFolder(files);
    const command =
      "find . -type f ! -name '.*' -printf '%P\\n' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum | sha256sum";
    const printed = execFileSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    assert.equal((await fingerprint(folder)).sha256, printed.slice(0, 64));
  });

  it('another name, another content and another place each make another one', async () => {
    const of = async (changed: Record<string, string>) => (await fingerprint(dataFolder(changed))).sha256;
    const all = [
      await of({ a: 'x' }),
      await of({ b: 'x' }),
      await of({ a: 'y' }),
      await of({ 'c/a': 'x' }),
      await of({ a: 'x', b: '' }),
    ];
    assert.equal(new Set(all).size, 5);
    assert.equal(await of({ a: 'x' }), all[0]);
  });

  it('links are followed, and a circle of links ends', async () => {
    const folder = dataFolder({ 'a/1': 'one' });
    symlinkSync(path.join(folder, 'a'), path.join(folder, 'b'));
    symlinkSync(folder, path.join(folder, 'a', 'up'));
    assert.equal((await fingerprint(folder)).files, 2);
  });

  describe('hashes of large data are remembered', () => {
    const cache = process.env.XDG_CACHE_HOME;
    before(() => {
      process.env.XDG_CACHE_HOME = temporaryFolder();
    });
    after(() => {
      if (cache === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = cache;
    });

    it('as long as size and time are the same', async function () {
      if (process.platform !== 'linux') this.skip();
      const folder = dataFolder({ large: '' });
      const file = path.join(folder, 'large');
      const write = (start: string, time: number) => {
        writeFileSync(file, start);
        truncateSync(file, 80 << 20);
        utimesSync(file, time, time);
      };
      write('first', 1000);
      const first = await fingerprint(folder);
      assert.equal(readdirSync(path.join(process.env.XDG_CACHE_HOME!, 'matchdown', 'hashes')).length, 1);
      // The same size and time: what the cache says shows that it was asked.
      write('other', 1000);
      assert.equal((await fingerprint(folder)).sha256, first.sha256);
      write('other', 2000);
      const other = await fingerprint(folder);
      assert.notEqual(other.sha256, first.sha256);
      // Written a moment ago: not remembered.
      write('third', Date.now() / 1000);
      const third = await fingerprint(folder);
      writeFileSync(file, 'forth', { flag: 'r+' });
      utimesSync(file, new Date(), new Date());
      assert.notEqual((await fingerprint(folder)).sha256, third.sha256);
    });
  });
});

describe('data that DVC tracks', () => {
  const tracked = (text: string, md5: string) => {
    const folder = dataFolder({
      'data.csv': text,
      'data.csv.dvc': `outs:\n- md5: ${md5}\n  size: 4\n  hash: md5\n  path: data.csv\n`,
    });
    return fingerprint(path.join(folder, 'data.csv'));
  };

  it('a file with its .dvc beside it, up to date or not', async () => {
    const md5 = hash('md5', 'a,b\n');
    assert.deepEqual((await tracked('a,b\n', md5)).dvc, { md5, upToDate: true });
    assert.deepEqual((await tracked('a,c\n', md5)).dvc, { md5, upToDate: false });
  });

  it('a folder', async () => {
    const folder = dataFolder({ 'data/b': 'two', 'data/a/é': 'one' });
    // What `dvc add data` of DVC 3 wrote for these two files.
    const md5 = '8de54507980cbd7628c8d6d4e40dec5b.dir';
    writeFileSync(
      path.join(folder, 'data.dvc'),
      `outs:\n- md5: ${md5}\n  size: 6\n  nfiles: 2\n  hash: md5\n  path: data\n`,
    );
    assert.deepEqual((await fingerprint(path.join(folder, 'data'))).dvc, { md5, upToDate: true });
  });

  it("a stage's output in dvc.lock of a folder above", async () => {
    const folder = dataFolder({ 'project/prepared/x.csv': 'a\n' });
    const lock = `schema: '2.0'\nstages:\n  prepare:\n    cmd: python prepare.py\n    outs:\n    - path: project/prepared/x.csv\n      hash: md5\n      md5: ${hash('md5', 'a\n')}\n      size: 2\n`;
    writeFileSync(path.join(folder, 'dvc.lock'), lock);
    assert.equal((await fingerprint(path.join(folder, 'project', 'prepared', 'x.csv'))).dvc?.upToDate, true);
  });

  it('others, and files that only look like it, have no word of it', async () => {
    const folder = dataFolder({ 'x.csv': 'a\n', 'x.csv.dvc': 'outs: [', 'dvc.lock': 'stages: 3\n' });
    assert.equal((await fingerprint(path.join(folder, 'x.csv'))).dvc, undefined);
    writeFileSync(path.join(folder, 'x.csv.dvc'), 'outs:\n- md5: 123\n  path: y.csv\n');
    assert.equal((await fingerprint(path.join(folder, 'x.csv'))).dvc, undefined);
  });
});
