import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { commandText, quotePath } from '../../core/runs/shell';
import { splitJob } from '../../core/runs/slurmJob';
import { isActive } from '../../core/runs/states';
import type { RemoteTarget } from '../../core/runs/target';
import { InputError } from '../errors';
import { attach } from '../runs/attach';
import type { StopOutcome } from '../runs/stop';
import { readWrittenRecord } from '../runs/store';
import { ConnectionError } from './connectionError';
import { runScript } from './shell';
import { shellOf } from './shells';

/**
 * Stops a run on its target: the whole process group there, or its Slurm job. What it leaves behind is mirrored before this
 * resolves. `patience`: milliseconds that it has for its last checkpoint.
 */
export async function stopRemote(
  folder: string,
  record: RunRecord,
  target: RemoteTarget,
  patience: number,
): Promise<StopOutcome> {
  if (!record.remote)
    return { ok: false, message: t('The run is being brought to {0}. Cancel that where it was started.', target.name) };
  const { folder: there, job } = record.remote;
  const script = `sh ${quotePath(there)}/supervisor/supervisor.sh stop ${quotePath(there)} ${commandText([
    String(Math.ceil(patience / 1000)),
    ...(job ? [job] : []),
  ])}`;
  try {
    const { output, errors } = await runScript(shellOf(target), script, { silence: patience + 60_000 });
    const answer = output.trim().split('\n').at(-1) ?? '';
    if (answer !== 'stopped' && answer !== 'killed') return { ok: false, message: whyNot(target, answer, errors) };
    const ended = await attach(folder, { signal: AbortSignal.timeout(60_000) });
    if (isActive(ended)) return { ok: false, message: notKnown(target) };
    return { ok: true, record: ended, killed: answer === 'killed' };
  } catch (error) {
    if (error instanceof InputError) return { ok: false, message: `${notKnown(target)} ${error.message}` };
    if (!(error instanceof ConnectionError)) throw error;
    return { ok: false, message: t('The run cannot be stopped now: {0} It goes on there.', error.message) };
  }
}

/**
 * Takes runs that wait in Slurm's queue out of it, all at once; those that go on are left alone. Resolves with why it cannot be
 * done. Whoever attaches to a run finds out that it was stopped.
 */
export async function cancelWaiting(target: RemoteTarget, folders: readonly string[]): Promise<string | undefined> {
  const records = await Promise.all(folders.map((folder) => readWrittenRecord(folder).catch(() => undefined)));
  const places = records.flatMap((record) => record?.remote ?? []);
  const jobs = places.flatMap(({ job }) => job ?? []);
  if (target.kind !== 'slurm' || jobs.length === 0) return undefined;
  const input = cancelLines(jobs).join('');
  try {
    const { status, errors } = await runScript(shellOf(target), 'sh -s', { input });
    return status === 0 ? undefined : errors.trim();
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return error.message;
  }
}

const notKnown = ({ name }: RemoteTarget): string =>
  t('The run was stopped on {0}, but its end is not known here yet.', name);

/** Jobs of one cluster at a time. */
function cancelLines(jobs: readonly string[]): string[] {
  const each = jobs.map(splitJob);
  return [...new Set(each.map(({ cluster }) => cluster))].map((cluster) => {
    const where = cluster === undefined ? [] : ['-M', cluster];
    const ids = each.filter((job) => job.cluster === cluster).map(({ id }) => id);
    return `${commandText(['scancel', ...where, '--state=PENDING', ...ids])} || exit 1\n`;
  });
}

function whyNot({ name }: RemoteTarget, answer: string, errors: string): string {
  const [, pid] = /^cannot (\d+)$/.exec(answer) ?? [];
  if (pid) return t('Process {0} on {1} does not stop, and may not be ended by you.', pid, name);
  const [, host] = /^elsewhere (.+)$/.exec(answer) ?? [];
  if (host) return t('The run was asked to stop, but it is on {0}, which is not where {1} leads to now.', host, name);
  return t('{0} does not say whether the run has stopped: {1}', name, errors.trim() || answer);
}
