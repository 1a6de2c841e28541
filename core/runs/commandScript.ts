import type { LaunchSettings } from './record';
import { commandText, exportLines, quote, quotePath } from './shell';
import type { RemoteTarget } from './target';

/** What a run on a target is made of; all paths are there, and may begin with `~/`. */
export interface RemoteRun {
  readonly id: string;
  readonly target: RemoteTarget;
  /** Where our files are: `~/matchdown`. */
  readonly folder: string;
  readonly trainer: 'pytorch' | 'command';
  /** Of the user's own command or of the launch profile. */
  readonly command?: readonly string[];
  /** The folder of our trainer's package. */
  readonly trainerFolder?: string;
  readonly data: Pick<LaunchSettings, 'data' | 'validationData'>;
  /** Indices of the GPUs to be used; undefined where the queue gives them. */
  readonly gpus?: readonly number[];
  /** Of the sentences in its output: `ko`; undefined for English. */
  readonly language?: string;
}

export const runFolderOf = ({ folder, id }: Pick<RemoteRun, 'folder' | 'id'>): string => `${folder}/runs/${id}`;

/** `supervisor/command.sh`: sets the environment of a run and becomes its program. */
export function commandScript(run: RemoteRun): string {
  const { target, trainer } = run;
  const lines = [
    '# Made by Match Down; sets the environment of this run and becomes its program.',
    `export MATCHDOWN_RUN_DIR=${quotePath(runFolderOf(run))}`,
    'export MATCHDOWN_SCHEME="$MATCHDOWN_RUN_DIR"/scheme.json',
    `export MATCHDOWN_RUN_ID=${quote(run.id)}`,
    ...(run.data.data === undefined ? [] : [`export MATCHDOWN_DATA=${quotePath(run.data.data)}`]),
    ...(run.data.validationData === undefined
      ? []
      : [`export MATCHDOWN_VALIDATION_DATA=${quotePath(run.data.validationData)}`]),
    'export PYTHONUNBUFFERED=1',
    ...(run.language === undefined ? [] : [`export MATCHDOWN_LANGUAGE=${quote(run.language)}`]),
    ...exportLines(target.environment ?? {}),
    ...gpuLines(run),
    ...(target.setup ? [target.setup] : []),
    // A command that bears no warning has failed; a setup that was interrupted by it is queued again.
    ...(trainer === 'command' ? ['true 2>/dev/null >"$MATCHDOWN_RUN_DIR"/supervisor/begun'] : []),
    `cd "$MATCHDOWN_RUN_DIR"${trainer === 'command' ? '/project' : ''} || exit 1`,
    ...(trainer === 'command' ? [`exec ${commandText(run.command!)}`] : trainerLines(run)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The GPUs that were chosen, by their numbers in nvidia-smi, or those that the queue gave. */
function gpuLines({ gpus }: RemoteRun): string[] {
  if (gpus)
    return [
      'export CUDA_DEVICE_ORDER=PCI_BUS_ID',
      `export CUDA_VISIBLE_DEVICES=${gpus.join(',')}`,
      `export MATCHDOWN_GPUS=${gpus.join(',') || 'none'}`,
    ];
  return [`[ -z "\${CUDA_VISIBLE_DEVICES:-}" ] || export MATCHDOWN_GPUS="$CUDA_VISIBLE_DEVICES"`];
}

/** Our trainer, which starts itself once for each of several GPUs; torchrun does so over several nodes. */
function trainerLines({ target, trainerFolder }: RemoteRun): string[] {
  const python = quotePath(target.python ?? 'python3');
  const path = `export PYTHONPATH=${quotePath(trainerFolder!)}"\${PYTHONPATH:+:$PYTHONPATH}"`;
  const isSpread = target.kind === 'slurm' && (target.nodes ?? 1) > 1;
  return [path, ...(isSpread ? overNodes(python) : []), `exec ${python} -m matchdown_trainer`];
}

/**
 * One torchrun per node of the allocation; they meet on the first one. torchrun itself would end on SIGUSR1, and its trainers with
 * it before their checkpoint is written: it ignores the signal, on each node, and the trainers take it up again.
 */
function overNodes(python: string): string[] {
  return [
    `if [ "\${SLURM_NNODES:-1}" -gt 1 ]; then`,
    "  trap '' USR1",
    '  first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)',
    `  count=$(printf %s "\${CUDA_VISIBLE_DEVICES:-cpu}" | tr , '\\n' | grep -c '')`,
    `  exec srun --ntasks="$SLURM_NNODES" --ntasks-per-node=1 sh -c 'trap "" USR1; exec "$@"' sh \\`,
    `    ${python} -m matchdown_trainer.torchrun --nnodes="$SLURM_NNODES" \\`,
    '    --nproc_per_node="$count" --rdzv_id="$SLURM_JOB_ID" --rdzv_backend=c10d \\',
    '    --rdzv_endpoint="$first:$((20000 + SLURM_JOB_ID % 20000))" -m matchdown_trainer',
    'fi',
  ];
}
