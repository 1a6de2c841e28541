import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { SshTarget } from '../../../core/runs/target';
import { TestSshd } from '../../support/sshd';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';
import { allGone, awkward } from './fixture';

export interface SshBox {
  /** Where everything of this machine is, for a test's own additions. */
  readonly root: string;
  /** Our folder there. */
  readonly folder: string;
  readonly sshd: TestSshd;
  readonly target: SshTarget;
}

/** A machine behind a real sshd for the tests of a suite; when they have ended, nothing may be left running on it. */
export function sshBox(): SshBox {
  const root = temporaryFolder();
  const folder = path.join(root, 'box', awkward);
  let sshd: TestSshd;

  before(async () => {
    mkdirSync(path.dirname(folder), { recursive: true });
    sshd = await TestSshd.start(path.join(root, 'sshd'));
  });

  afterEach(() => sshd.proxy.restore());

  after(async () => {
    sshd.stop();
    await allGone(folder, 'what is left on the target');
  });

  return {
    root,
    folder,
    get sshd() {
      return sshd;
    },
    get target(): SshTarget {
      return { name: 'box', kind: 'ssh', host: 'testhost', sshConfig: sshd.config, folder, gpus: 'none' };
    },
  };
}
