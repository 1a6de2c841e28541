import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunRecord } from '../../../core/runs/record';
import { processIdentity } from '../../../engine/runs/process';
import { recordPurpose } from '../../../engine/runs/purpose';
import { readRun } from '../../../engine/runs/store';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { record } from './records';

describe('the purpose of a run', () => {
  it('is written down afterwards, and nothing else of the record changes', async () => {
    const { folder, written } = runFolder({ state: 'finished' });
    await recordPurpose(folder, 'Do wider layers help?');
    assert.deepEqual((await readRun(folder)).record, { ...written, purpose: 'Do wider layers help?' });
  });

  it('is never said anew', async () => {
    const { folder } = runFolder({ state: 'finished', purpose: 'the first one' });
    await recordPurpose(folder, 'another one');
    assert.equal((await readRun(folder)).record?.purpose, 'the first one');
  });

  it('is left to the process of a run that goes on', async () => {
    const { folder } = runFolder({ state: 'running', host: os.hostname(), process: await processIdentity() });
    await recordPurpose(folder, 'Do wider layers help?');
    assert.equal((await readRun(folder)).record?.purpose, undefined);
  });
});

function runFolder(changes: Partial<RunRecord>): { folder: string; written: RunRecord } {
  const written = record(changes);
  const folder = path.join(temporaryFolder(), written.id);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(written));
  return { folder, written };
}
