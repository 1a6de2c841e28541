import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/projectRoot';

interface LockedPackage {
  version?: string;
  integrity?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

describe('the lock file fits every machine', () => {
  const { packages } = JSON.parse(readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8'));
  const locked = Object.entries<LockedPackage>(packages).filter(([name]) => name !== '');

  it('names the hash of every package, and no registry', () => {
    const incomplete = locked.filter(([, { version, integrity, resolved }]) => !version || !integrity || resolved);
    assert.deepEqual(
      incomplete.map(([name]) => name),
      [],
    );
  });

  it('has the packages of the other platforms', () => {
    const optional = locked.flatMap(([, { optionalDependencies }]) => Object.keys(optionalDependencies ?? {}));
    assert.notEqual(optional.length, 0);
    const missing = optional.filter((name) => !locked.some(([place]) => place.endsWith(`node_modules/${name}`)));
    assert.deepEqual(missing, []);
  });
});
