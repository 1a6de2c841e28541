import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listRuns } from '../../../engine/runs/store';
import { OpenLogs } from '../../../server/experiments';
import { RunWatcher } from '../../../server/runWatcher';
import { point, startRecord } from './fixtures';

describe('watching runs', () => {
  let folder: string;
  let told: (readonly string[])[];
  let watcher: RunWatcher;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'matchdown-runs-'));
    told = [];
    watcher = new RunWatcher((folders) => told.push(folders), 1e9);
  });
  afterEach(() => {
    watcher.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (name: string) => path.join(folder, name);
  const log = (name: string) => path.join(run(name), 'events.out.tfevents.1700000000.host');
  const makeRun = (name: string) => {
    mkdirSync(run(name));
    writeFileSync(log(name), startRecord);
  };
  /** The first round only remembers; nothing here waits for the clock. */
  const rounds = async () => {
    for (let round = 0; round < 2; round++) await watcher.look();
  };
  const watch = async (folders = [folder]) => {
    watcher.listed(folders, await listRuns(folders));
    await rounds();
  };

  it('tells nothing while nothing changes', async () => {
    makeRun('a');
    await watch();
    assert.deepEqual(told, []);
  });

  it('tells which log grew', async () => {
    makeRun('a');
    makeRun('b');
    await watch();
    appendFileSync(log('b'), point(1, 1));
    await rounds();
    assert.deepEqual(told, [[run('b')]]);
  });

  it('tells that there is another run, and watches it once it was listed', async () => {
    makeRun('a');
    await watch();
    makeRun('b');
    await rounds();
    assert.deepEqual(told, [[]]);
    await watch();
    appendFileSync(log('b'), point(1, 1));
    await rounds();
    assert.deepEqual(told, [[], [run('b')]]);
  });

  it('goes on watching all after single runs were listed', async () => {
    makeRun('a');
    makeRun('b');
    await watch();
    await watch([run('a')]);
    appendFileSync(log('b'), point(1, 1));
    await rounds();
    assert.deepEqual(told, [[run('b')]]);
  });

  it('reads a series, all of them when none is named, and what was appended', async () => {
    makeRun('a');
    appendFileSync(log('a'), Buffer.concat([point(1, 1), point(1, 0.5, 'accuracy')]));
    const logs = new OpenLogs(1);
    const read = async (...tags: string[]) =>
      (await logs.read({ folder: run('a'), tags, maxPoints: 100 })).map(({ tag, steps }) => [tag, steps]);
    assert.deepEqual(await read('loss'), [['loss', [1]]]);
    appendFileSync(log('a'), point(2, 1));
    assert.deepEqual(await read(), [
      ['loss', [1, 2]],
      ['accuracy', [1]],
    ]);
  });
});
