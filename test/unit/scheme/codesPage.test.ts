import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { codes } from '../../../core/scheme/codes';
import { codesPage } from '../../../core/scheme/codesPage';

const file = 'docs/diagnostics.md';

describe('The page of diagnostics', () => {
  it('is what the codes say (UPDATE_GOLDEN=1 writes it)', () => {
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, codesPage());
    assert.equal(readFileSync(file, 'utf8'), codesPage());
  });

  it('has a section for every code', () => {
    const headings = [...codesPage().matchAll(/^### (.+)$/gm)].map(([, name]) => `scheme/${name}`);
    assert.deepEqual(headings.sort(), Object.keys(codes).sort());
  });
});
