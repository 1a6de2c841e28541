import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedFolder } from '../../support/cache.mjs';

describe('a cached folder', () => {
  const before = process.env.XDG_CACHE_HOME;
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), 'md-'));
    process.env.XDG_CACHE_HOME = cache;
  });
  afterEach(() => {
    rmSync(cache, { recursive: true, force: true });
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  const write = (text: string) => async (folder: string) => writeFileSync(path.join(folder, 'text'), text);

  it('is filled once', async () => {
    const folder = await cachedFolder('a', write('first'));
    assert.equal(await cachedFolder('a', write('second')), folder);
    assert.equal(readFileSync(path.join(folder, 'text'), 'utf8'), 'first');
  });

  it('is not there when filling it failed, and leaves nothing', async () => {
    await assert.rejects(
      cachedFolder('a', async (folder) => {
        await write('half')(folder);
        throw new Error('no network');
      }),
      /no network/,
    );
    assert.deepEqual(readdirSync(path.join(cache, 'matchdown')), []);
  });

  it('is whole when two fill it at the same time', async () => {
    const folders = await Promise.all([cachedFolder('a', write('one')), cachedFolder('a', write('two'))]);
    assert.equal(folders[0], folders[1]);
    assert.match(readFileSync(path.join(folders[0], 'text'), 'utf8'), /^(one|two)$/);
    assert.deepEqual(readdirSync(path.join(cache, 'matchdown')), ['a']);
  });

  it('takes the place of one that is not ready', async () => {
    const broken = path.join(cache, 'matchdown/a');
    mkdirSync(broken, { recursive: true });
    writeFileSync(path.join(broken, 'left'), '');
    const folder = await cachedFolder('a', write('whole'));
    assert.equal(existsSync(path.join(folder, 'left')), false);
  });

  it('makes room: what a killed installation left long ago is removed, what is being made stays', async () => {
    const [old, recent] = ['b.unfinished-old', 'b.unfinished-recent'].map((name) =>
      path.join(cache, 'matchdown', name),
    );
    for (const folder of [old, recent]) mkdirSync(folder, { recursive: true });
    const yesterday = Date.now() / 1000 - 24 * 60 * 60;
    utimesSync(old, yesterday, yesterday);
    await cachedFolder('a', write('a'));
    assert.deepEqual([existsSync(old), existsSync(recent)], [false, true]);
  });
});
