import { type RemoteRun, runFolderOf } from '../../core/runs/commandScript';
import { commandText, quote, quotePath } from '../../core/runs/shell';
import { jobScript, type SlurmJob, submitCommand } from '../../core/runs/slurmJob';
import { mustRun, type Upload, withRetries } from './upload';

/**
 * Starts an attempt of each of some runs whose files are there. Doing it twice is doing it once: an answer that was lost with the
 * connection is asked for again. Resolves with Slurm's job ids, where there is Slurm.
 */
export async function startOnTarget(
  upload: Upload,
  runs: readonly RemoteRun[],
  attempts: readonly number[],
  atOnce?: number,
): Promise<readonly string[] | undefined> {
  const { target } = runs[0]!;
  if (target.kind === 'slurm') return submit(upload, jobOf(runs, attempts, atOnce)!);
  for (const [index, run] of runs.entries())
    await withRetries(upload, () => mustRun(upload.shell, startScript(run, attempts[index]!), {}));
  return undefined;
}

/** The job of runs of a Slurm target. */
export function jobOf(runs: readonly RemoteRun[], attempts: readonly number[], atOnce?: number): SlurmJob | undefined {
  const { target, id } = runs[0]!;
  if (target.kind !== 'slurm') return undefined;
  const name = `matchdown-${id}${attempts[0]! > 1 ? `.${attempts[0]}` : ''}`;
  return { target, name, runs, attempts, ...(atOnce !== undefined && { atOnce }) };
}

export function startScript(run: RemoteRun, attempt: number): string {
  const folder = quotePath(runFolderOf(run));
  const kind = run.trainer === 'pytorch' ? 'trainer' : 'command';
  return `sh ${folder}/supervisor/supervisor.sh start ${folder} ${commandText([String(attempt), kind])}`;
}

/**
 * The numbers of some runs' last attempts on their target, also of one that was queued and never began; undefined for a run that
 * is not there any more.
 */
export async function latestAttempts(upload: Upload, ids: readonly string[]): Promise<(number | undefined)[]> {
  const looks = ids.map((id) => {
    const place = `${quotePath(runFolderOf({ folder: upload.folder, id }))}/supervisor`;
    return `( cd ${place} 2>/dev/null || { echo none; exit 0; }
echo "0$(ls | sed -n -e 's/^attempt-//p' -e 's/^submitted-//p' | sort -n | tail -n 1)" )`;
  });
  const { output } = await mustRun(upload.shell, 'sh -s', { input: `${looks.join('\n')}\n`, signal: upload.signal });
  const answers = output.split('\n').filter((line) => /^(none|\d+)$/.test(line));
  return ids.map((_, index) => (/^\d+$/.test(answers[index] ?? '') ? Number(answers[index]) : undefined));
}

async function submit(upload: Upload, job: SlurmJob): Promise<string[]> {
  const { output } = await withRetries(upload, () => mustRun(upload.shell, 'sh -s', { input: submitScript(job) }));
  const id = output.trim().split('\n').at(-1)!.split(';')[0]!.trim();
  return job.runs.length === 1 ? [id] : job.runs.map((_, index) => `${id}_${index}`);
}

/**
 * Queues a job unless it has been queued already. Its id is kept beside its script; a job that was queued by a call that did not
 * get to writing that down is found by its name. Clusters have an `sbatch` of their own that says more than the id.
 */
export function submitScript(job: SlurmJob): string {
  const folder = quotePath(runFolderOf(job.runs[0]!));
  const kept = `"$place"/submitted-${job.attempts[0]}`;
  const others = job.runs.map((run, index) => {
    const id = job.runs.length === 1 ? '"$id"' : `"$id"_${index}`;
    return `printf '%s\\n' ${id} >${quotePath(runFolderOf(run))}/supervisor/job || exit 1`;
  });
  return `place=${folder}/supervisor
if [ ! -s ${kept} ]; then
  cat >"$place/job.sh" <<'END_OF_JOB'
${jobScript(job)}END_OF_JOB
  ${job.runs.map((run) => `rm -f ${quotePath(runFolderOf(run))}/stop`).join('\n  ')}
  id=$(squeue -h -o %F -n ${quote(job.name)} 2>/dev/null | head -n 1)
  if [ -z "$id" ]; then
    told=$(${submitCommand(job)}) || { printf '%s\\n' "$told" >&2; exit 1; }
    id=$(printf '%s\\n' "$told" | grep '^[0-9][0-9]*\\(;.*\\)\\{0,1\\}$' | tail -n 1)
    [ -n "$id" ] || { printf 'sbatch told no job: %s\\n' "$told" >&2; exit 1; }
  fi
  printf '%s\\n' "$id" >${kept} || exit 1
fi
id=$(cut -d';' -f1 ${kept})
${others.join('\n')}
echo "$id"
`;
}
