/** Where a run is executed: an entry of the setting `matchdown.targets`; its JSON Schema is `schemas/targets.schema.json`. */
export type Target = EmbeddedTarget | LocalTarget | SshTarget | SlurmTarget;

interface Named {
  /** What `--target` and the editor call it; unique. */
  readonly name: string;
}

/** The trainer that needs no Python, on this machine. It exists without being configured. */
export interface EmbeddedTarget extends Named {
  readonly kind: 'embedded';
}

/** What every target with programs of its own has. */
export interface ProgramSettings extends Named {
  /** The Python that has torch; a path, or a name on PATH. Default `python3`. */
  readonly python?: string;
  /** Shell lines that are run before the training: `source ~/venv/bin/activate`. Written by the user, for a shell. */
  readonly setup?: string;
  /** The launch profile: trains with this instead of our trainer; program and arguments. */
  readonly command?: readonly string[];
  /** Folder that the scheme's relative data paths are relative to on the target; without it the data is uploaded. */
  readonly dataRoot?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** `auto`: one that is free; a number: that many free ones; a list: exactly these. */
export type GpuChoice = 'auto' | 'none' | number | readonly number[];

/** This machine, with Python or a command of the user's own. The target `local` exists without being configured. */
export interface LocalTarget extends ProgramSettings {
  readonly kind: 'local';
  /** Default `auto`. */
  readonly gpus?: GpuChoice;
}

/** A machine behind a shell: reached through the system's own `ssh`. */
export interface Host {
  /** As `ssh` takes it: a name from the user's configuration, or `user@host`. */
  readonly host: string;
  readonly port?: number;
  /** A configuration file instead of the user's own, as `ssh -F` takes it. */
  readonly sshConfig?: string;
}

/** Where our files are on a target: relative to the home folder, or absolute. Default `~/matchdown`. */
interface RemoteFolder {
  readonly folder?: string;
}

export interface SshTarget extends ProgramSettings, Host, RemoteFolder {
  readonly kind: 'ssh';
  /** Default `auto`. */
  readonly gpus?: GpuChoice;
}

/** A Slurm cluster; without `host` its commands are run on this machine. */
export interface SlurmTarget extends ProgramSettings, Partial<Host>, RemoteFolder {
  readonly kind: 'slurm';
  /** As `sbatch --clusters` takes it, where one login node serves several: `alpha,beta`. */
  readonly clusters?: string;
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  /** As `sbatch` takes it: `gpu:2`. */
  readonly gres?: string;
  readonly nodes?: number;
  readonly cpus?: number;
  /** As `sbatch` takes it: `32G`. */
  readonly memory?: string;
  /** As `sbatch` takes it: `04:00:00`. */
  readonly time?: string;
  /** Seconds before the time limit at which a run makes a checkpoint and queues again. Default 120. */
  readonly warning?: number;
  /** Further options of `sbatch`, each one argument: `--constraint=a100`. */
  readonly options?: readonly string[];
}

/** Targets whose runs are on another machine or in a queue, and are mirrored here. */
export type RemoteTarget = SshTarget | SlurmTarget;

export const isRemote = (target: Target): target is RemoteTarget => target.kind === 'ssh' || target.kind === 'slurm';

/** The targets that exist without being configured; a configured `local` takes the place of the one here. */
export const builtInTargets: readonly Target[] = [
  { name: 'embedded', kind: 'embedded' },
  { name: 'local', kind: 'local' },
];

export interface Gpu {
  readonly index: number;
  readonly name: string;
  /** MiB. */
  readonly memoryTotal: number;
  /** MiB. */
  readonly memoryUsed: number;
  /** Percent; undefined where the driver does not tell. */
  readonly utilization?: number;
  /** Nobody computes on it. */
  readonly free: boolean;
}

export interface SlurmPartition {
  readonly name: string;
  readonly isDefault: boolean;
  readonly available: boolean;
  /** As Slurm says it: `4:00:00`, `infinite`. */
  readonly timeLimit: string;
  readonly nodes: number;
  readonly idleNodes: number;
  readonly gres?: string;
  /** Where there are several. */
  readonly cluster?: string;
}

/** What `matchdown targets check` finds out. */
export interface TargetCheck {
  readonly target: string;
  readonly kind: Target['kind'];
  /** Whether it answers at all. */
  readonly answers: boolean;
  readonly host?: string;
  readonly system?: string;
  readonly python?: { readonly path: string; readonly version: string };
  readonly torch?: { readonly version: string; readonly cuda?: string };
  readonly gpus: readonly Gpu[];
  /** Of the file system that our folder is on; bytes. */
  readonly disk?: { readonly folder: string; readonly free: number; readonly total: number };
  readonly slurm?: { readonly version: string; readonly accounting: boolean };
  readonly partitions?: readonly SlurmPartition[];
  /** Seconds that the target's clock is ahead of this machine's. */
  readonly clockOffset?: number;
  readonly problems: readonly TargetProblem[];
}

export interface TargetProblem {
  /** A run cannot be started because of an error; a warning is worth knowing. */
  readonly severity: 'error' | 'warning';
  /** What is wrong, a full sentence. */
  readonly message: string;
  /** What to do about it, a full sentence. */
  readonly nextStep: string;
}
