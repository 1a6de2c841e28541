import assert from 'node:assert/strict';
import path from 'node:path';
import { TellOnce } from '../../../client/runs/tellOnce';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

describe('What several windows see', () => {
  it('is told by one of them, and again when it ended again', async () => {
    const folder = path.join(temporaryFolder(), 'told');
    const windows = Array.from({ length: 5 }, () => new TellOnce(folder));
    const answers = (text: string) => Promise.all(windows.map((window) => window.mayTell(text)));
    assert.equal((await answers('/runs/a\n3')).filter(Boolean).length, 1);
    assert.equal((await answers('/runs/a\n6')).filter(Boolean).length, 1);
    assert.equal((await answers('/runs/a\n3')).filter(Boolean).length, 0);
  });

  it('is told all the same where nothing can be written', async () => {
    assert.equal(await new TellOnce('/proc/none/told').mayTell('a'), true);
  });
});
