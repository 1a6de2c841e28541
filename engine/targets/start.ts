import { type RemoteRun, runFolderOf } from '../../core/runs/commandScript';
import { commandText, quote, quotePath } from '../../core/runs/shell';
import { clustersOf, jobScript, type SlurmJob, splitJob, submitCommand } from '../../core/runs/slurmJob';
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
  const { id, cluster } = splitJob(output.trim().split('\n').at(-1)!.trim());
  const suffix = cluster === undefined ? '' : `;${cluster}`;
  return job.runs.map((_, index) => `${id}${job.runs.length === 1 ? '' : `_${index}`}${suffix}`);
}

/**
 * Queues a job unless it has been queued already. Its id is kept beside its script; a job that was queued by a call that did not
 * get to writing that down is found by its name. Clusters have an `sbatch` of their own that says more than the id, or says it
 * for a person: `Submitted batch job 12 on cluster alpha`.
 */
export function submitScript(job: SlurmJob): string {
  const folder = quotePath(runFolderOf(job.runs[0]!));
  const kept = `"$place"/submitted-${job.attempts[0]}`;
  const others = job.runs.map((run, index) => {
    const id = job.runs.length === 1 ? '"$id$on"' : `"$id"_${index}"$on"`;
    return `printf '%s\\n' ${id} >${quotePath(runFolderOf(run))}/supervisor/job || exit 1`;
  });
  return `place=${folder}/supervisor
if [ ! -s ${kept} ]; then
  cat >"$place/job.sh" <<'END_OF_JOB'
${jobScript(job)}END_OF_JOB
  ${job.runs.map((run) => `rm -f ${quotePath(runFolderOf(run))}/stop`).join('\n  ')}
  id=
${findLines(job).join('\n')}
  if [ -z "$id" ]; then
    told=$(${submitCommand(job)}) || { printf '%s\\n' "$told" >&2; exit 1; }
    id=$(printf '%s\\n' "$told" | sed -n -e 's/^Submitted batch job //' -e 's/^\\([0-9][0-9]*\\) on cluster /\\1;/' \\
      -e '/^[0-9][0-9]*$/p' -e '/^[0-9][0-9]*;[A-Za-z0-9_.-]*$/p' | tail -n 1)
    [ -n "$id" ] || { printf 'sbatch told no job: %s\\n' "$told" >&2; exit 1; }
  fi
  printf '%s\\n' "$id" >${kept} || exit 1
fi
id=$(cut -d';' -f1 ${kept})
on=$(sed -n 's/^[^;]*;/;/p' ${kept})
${others.join('\n')}
echo "$id$on"
`;
}

/** With `-M` squeue names the cluster above its answer. */
function findLines({ target, name }: SlurmJob): string[] {
  const find = (options: string) =>
    `squeue ${options}-h -o %F -n ${quote(name)} 2>/dev/null | grep '^[0-9][0-9]*$' | head -n 1`;
  const clusters = clustersOf(target);
  if (clusters.length === 0) return [`  id=$(${find('')})`];
  return clusters.map((each) => `  [ -n "$id" ] || id=$(${find(`-M ${each} `)} | sed 's/$/;${each}/')`);
}
