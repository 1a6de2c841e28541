import type { RunRecord } from '../../core/runs/record';
import { quotePath } from '../../core/runs/shell';
import { isRemote } from '../../core/runs/target';
import { ConnectionError } from './connectionError';
import { shellOf } from './shells';
import { TargetError } from './targetError';
import { mustRun } from './upload';

/** Removes a run's folder on its target; resolves with why it cannot be done. Only a folder that we made is ever removed. */
export async function deleteRemote({ id, remote, launch }: RunRecord): Promise<string | undefined> {
  if (!remote || !launch || !isRemote(launch.target)) return undefined;
  const folder = quotePath(remote.folder);
  const script = `[ -e ${folder}/supervisor/supervisor.sh ] || exit 0
case ${folder} in */runs/${id}) rm -rf -- ${folder} ;; *) exit 1 ;; esac`;
  try {
    await mustRun(shellOf(launch.target), script, {});
    return undefined;
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof TargetError) return error.message;
    throw error;
  }
}
