import type { RemoteTarget } from '../../core/runs/target';
import { LocalShell } from './localShell';
import type { Shell } from './shell';
import { SshShell } from './ssh';

/** The shell of a target: behind ssh, or for a Slurm target without a host this machine's own. */
export function shellOf(target: RemoteTarget, interactive = false): Shell {
  const { host } = target;
  return host === undefined ? new LocalShell() : new SshShell({ ...target, host }, interactive);
}

export const folderOf = ({ folder }: RemoteTarget): string => folder ?? '~/matchdown';
