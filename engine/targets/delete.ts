import type { RunRecord } from '../../core/runs/record';
import { quote, quotePath } from '../../core/runs/shell';
import { isRemote } from '../../core/runs/target';
import { ConnectionError } from './connectionError';
import { runScript, type Shell } from './shell';
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

/** What a launch that was given up or refused has left on its target: nobody else will ever clear it away. */
export async function removeTraces(shell: Shell, folder: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const lines = ids.map((id) => `remove ${quote(id)}`);
  const input = `cd ${quotePath(folder)} 2>/dev/null || exit 0
remove() {
  # Of several runs some may have been started already.
  [ ! -d runs/$1/supervisor/attempt-1 ] || sh runs/$1/supervisor/supervisor.sh stop "$PWD/runs/$1" 5 >/dev/null 2>&1
  rm -rf "runs/$1" "incoming/$1" "trees/.making-$1"
}
${lines.join('\n')}
`;
  await runScript(shell, 'sh -s', { input }).catch(() => undefined);
}
