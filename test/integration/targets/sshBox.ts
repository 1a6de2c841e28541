import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { SshTarget } from '../../../core/runs/target';
import { TestSshd } from '../../support/sshd';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { allGone, awkward } from './fixture';

/** A machine behind a real sshd for the tests of a suite; when they have ended, nothing may be left running on it. */
export function sshBox(): { readonly folder: string; readonly target: SshTarget } {
  const root = temporaryFolder();
  const folder = path.join(root, 'box', awkward);
  let sshd: TestSshd;

  before(async function () {
    this.timeout(30_000);
    mkdirSync(path.dirname(folder), { recursive: true });
    sshd = await TestSshd.start(path.join(root, 'sshd'));
  });

  after(async () => {
    sshd.stop();
    await allGone(folder, 'what is left on the target');
  });

  return {
    folder,
    get target(): SshTarget {
      return { name: 'box', kind: 'ssh', host: 'testhost', sshConfig: sshd.config, folder, gpus: 'none' };
    },
  };
}
