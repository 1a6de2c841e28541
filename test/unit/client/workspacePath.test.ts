import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { workspacePath } from '../../../client/runs/workspacePath';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

describe('The scheme that a record names', () => {
  const base = temporaryFolder();
  const [real, link] = [path.join(base, 'real'), path.join(base, 'link')];
  before(() => {
    mkdirSync(path.join(real, 'shapes'), { recursive: true });
    symlinkSync(real, link, 'junction');
  });
  const scheme = (folder: string) => path.join(folder, 'shapes/model_scheme.json');

  it('is the one of the folder that is open, over a symbolic link or around one', () => {
    assert.equal(workspacePath(scheme(real), [link]), scheme(link));
    assert.equal(workspacePath(scheme(link), [real]), scheme(real));
    assert.equal(workspacePath(scheme(link), [real, link]), scheme(link));
  });

  it('stays where it is outside of all folders', () => {
    const elsewhere = path.join(base, 'realm', 'model_scheme.json');
    assert.equal(workspacePath(elsewhere, [real, link]), elsewhere);
    assert.equal(workspacePath(scheme(real), []), scheme(real));
  });
});
