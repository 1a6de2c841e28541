import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { claim, release } from '../../../engine/sweep/process';
import { readSweep } from '../../../engine/sweep/store';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { sweep } from './sweeps';

describe('what the record of a sweep that says "running" is worth', () => {
  const folder = path.join(temporaryFolder(), 'sweeps', '20260101-000000-abcd');
  const file = path.join(folder, 'sweep.json');

  const write = (more: object) => {
    mkdirSync(folder, { recursive: true });
    const record = {
      version: 1,
      id: path.basename(folder),
      state: 'running',
      started: '2026-01-01T00:00:00.000Z',
      host: os.hostname(),
      scheme: { path: '/project/model_scheme.json', sha256: 'a'.repeat(64) },
      definition: sweep({ 'model.learning_rate': '0.1,0.2' }),
      launch: { target: { name: 'embedded', kind: 'embedded' } },
      trials: [],
      ...more,
    };
    writeFileSync(file, JSON.stringify(record));
  };

  it('begun long ago and resumed just now, its process is about to start', async () => {
    write({});
    assert.equal((await readSweep(folder)).state, 'running');
  });

  it('nothing has started for minutes: interrupted', async () => {
    write({});
    const before = new Date(Date.now() - 120_000);
    utimesSync(file, before, before);
    assert.equal((await readSweep(folder)).state, 'interrupted');
  });

  it('its process is gone: interrupted', async () => {
    write({ process: { pid: 2 ** 22 + 1, startTime: '1' } });
    assert.equal((await readSweep(folder)).state, 'interrupted');
  });
});

describe('which process carries a sweep out', () => {
  it('is the first that claims it, until it gives it back; what another one holds it leaves alone', async () => {
    const folder = temporaryFolder();
    const lock = path.join(folder, 'lock');
    assert.equal(await claim(folder), true);
    assert.equal(await claim(folder), false);
    await release(folder);
    assert.equal(existsSync(lock), false);
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, startTime: '1', host: os.hostname() }));
    await release(folder);
    assert.ok(existsSync(lock));
    assert.equal(await claim(folder), true, 'its process is gone');
  });
});
