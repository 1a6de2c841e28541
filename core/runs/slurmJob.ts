import { type RemoteRun, runFolderOf } from './commandScript';
import { commandText, quote, quotePath } from './shell';
import type { SlurmTarget } from './target';

/** A job for one run, or an array of jobs for many, of which `atOnce` run at a time. */
export interface SlurmJob {
  readonly target: SlurmTarget;
  /** Unique: a submission whose answer was lost is found again by it. */
  readonly name: string;
  readonly runs: readonly RemoteRun[];
  /** Of each run, the number of the attempt that is being submitted, from 1. */
  readonly attempts: readonly number[];
  readonly atOnce?: number;
}

/** Where the job's script and its log are: in the folder of its first run. */
export const jobFolder = ({ runs }: SlurmJob): string => runFolderOf(runs[0]!);

/**
 * `supervisor/job.sh`. Options whose values could be read otherwise than they are meant stand on the command line of `sbatch`
 * instead, quoted.
 */
export function jobScript(job: SlurmJob): string {
  const { runs } = job;
  const lines = [
    '#!/bin/sh',
    ...sbatchOptions(job)
      .filter(isPlain)
      .map((option) => `#SBATCH ${option}`),
    ...(runs.length === 1 ? [superviseLine(job, 0)] : arrayLines(job)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The command that queues the job; prints its id, and with several clusters `;` and the cluster. */
export function submitCommand(job: SlurmJob): string {
  const options = sbatchOptions(job).filter((option) => !isPlain(option));
  const folder = quotePath(jobFolder(job));
  return `sbatch --parsable --chdir=${folder} ${options.map((option) => `${quote(option)} `).join('')}${folder}/supervisor/job.sh`;
}

function sbatchOptions({ target, name, runs, atOnce }: SlurmJob): string[] {
  const warning = target.warning ?? (runs[0]!.trainer === 'pytorch' ? 120 : 0);
  const option = (key: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${key}=${value}`];
  return [
    `--job-name=${name}`,
    ...option('clusters', target.clusters),
    ...option('partition', target.partition),
    ...option('account', target.account),
    ...option('qos', target.qos),
    ...option('gres', target.gres),
    ...option('nodes', target.nodes),
    ...option('cpus-per-task', target.cpus),
    ...option('mem', target.memory),
    ...option('time', target.time),
    ...(runs.length > 1 ? [`--array=0-${runs.length - 1}${atOnce === undefined ? '' : `%${atOnce}`}`] : []),
    '--output=supervisor/slurm-%j.log',
    '--open-mode=append',
    '--requeue',
    ...(warning > 0 ? [`--signal=B:USR1@${warning}`] : []),
    ...(target.options ?? []),
  ];
}

/** For a person: `123 (alpha)`. */
export function jobText(job: string): string {
  const { id, cluster } = splitJob(job);
  return cluster === undefined ? id : `${id} (${cluster})`;
}

/** `123_4;alpha` is the task 123_4 on the cluster alpha. */
export function splitJob(job: string): { readonly id: string; readonly cluster?: string } {
  const [id = '', cluster] = job.split(';');
  return { id, ...(cluster && { cluster }) };
}

/** The clusters that a job may be on; empty where there is but one. */
export function clustersOf({ clusters = '', options = [] }: SlurmTarget): readonly string[] {
  const written = options.findLast((option) => /^--clusters?=/.test(option))?.replace(/^[^=]*=/, '');
  return (written ?? clusters).split(',').filter((name) => /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/.test(name));
}

const isPlain = (option: string): boolean => /^--[A-Za-z0-9-]+(=[A-Za-z0-9_.,:/@%+=-]+)?$/.test(option);

function arrayLines(job: SlurmJob): string[] {
  const cases = job.runs.map((_, index) => `  ${index}) ${superviseLine(job, index)} ;;`);
  return ['case $SLURM_ARRAY_TASK_ID in', ...cases, 'esac'];
}

function superviseLine({ runs, attempts }: SlurmJob, index: number): string {
  const run = runs[index]!;
  const folder = quotePath(runFolderOf(run));
  const kind = run.trainer === 'pytorch' ? 'trainer' : 'command';
  return `exec sh ${folder}/supervisor/supervisor.sh run ${folder} ${commandText([String(attempts[index]), kind])}`;
}
