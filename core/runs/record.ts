import type { NormalizationStatistics } from '../compile/normalization';
import type { Target } from './target';

/** `run.json`, the record of a run; its JSON Schema is `schemas/run.schema.json`. All times are ISO 8601 in UTC. */
export interface RunRecord {
  readonly version: 1;
  /** `20261122-141502-3f9a`: local start time and four random hexadecimal digits; also the folder's name. */
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly history: readonly { readonly state: RunState; readonly time: string; readonly reason?: string }[];
  readonly target: string;
  readonly trainer: 'embedded' | 'pytorch' | 'command';
  readonly argv: readonly string[];
  readonly host: string;
  /** The process that trains, or that supervises the one that does; of a remote run, the one that uploads it. */
  readonly process?: ProcessIdentity;
  /** What a supervisor started: leads a process group of its own. */
  readonly worker?: ProcessIdentity;
  /** How it was started, so that it can be started again. */
  readonly launch?: LaunchSettings;
  /** Where it is on its target; only of runs on another machine or in a queue. */
  readonly remote?: RemotePlace;
  /** Of a remote run: whether whoever mirrors it reaches it. A cut connection mends itself; the run goes on meanwhile. */
  readonly connection?: { readonly state: 'connected' | 'cut'; readonly time: string; readonly reason?: string };
  /** One run may take several attempts: it was preempted, resumed, or met its time limit. In order, from 1. */
  readonly attempts?: readonly Attempt[];
  /** Indices of the GPUs that it was given here. */
  readonly gpus?: readonly number[];
  readonly scheme: { readonly path: string; readonly sha256: string };
  /** `--set` overrides, as given: `model.learning_rate` to its value. */
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly purpose?: string;
  readonly tags?: readonly string[];
  readonly parent?: string;
  /** Id of the run with whose last checkpoint this one began: the same scheme, but with fewer epochs. */
  readonly continues?: string;
  /** The sweep that started it, and which of its trials it is, from 1. */
  readonly sweep?: { readonly id: string; readonly trial: number };
  readonly git?: { readonly commit: string; readonly dirty: boolean; readonly diffSha256?: string };
  readonly data?: DataFingerprint;
  /** Of `data.validation_path`. */
  readonly validationData?: DataFingerprint;
  /** How many samples each part has. */
  readonly samples?: { readonly training: number; readonly validation: number };
  /** Class names; the position is the class number in `evaluation.npz` and in the model's output. */
  readonly classes?: readonly string[];
  /** From the training part; also compiled into `model.onnx`. */
  readonly normalization?: NormalizationStatistics;
  /** Which weights `model.onnx` and `evaluation.npz` are of: the last epoch's, or with early stopping the best epoch's. */
  readonly model?: { readonly weights: 'last' | 'best'; readonly epoch: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly exit?: { readonly code: number | null; readonly signal?: string };
  /** Why it failed, in a sentence for a person. */
  readonly error?: string;
  readonly metrics: {
    readonly final: Readonly<Record<string, number>>;
    readonly best: Readonly<Record<string, number>>;
  };
  readonly progress?: RunProgress;
}

export interface LaunchSettings {
  readonly target: Target;
  /** The user's own command. */
  readonly command?: readonly string[];
  /** The folder that the command is run in; its copy on a remote target. */
  readonly projectFolder?: string;
  /** Absolute, where it runs: the scheme's `data_path` and `validation_path`. */
  readonly data?: string;
  readonly validationData?: string;
}

export interface RemotePlace {
  /** The run's folder there, absolute. */
  readonly folder: string;
  /** Slurm's job, as `sbatch --parsable` tells it: `123`, `123_4` of an array, `123;alpha` where there are several clusters. */
  readonly job?: string;
  /** What Slurm says of a job that waits: `Resources`, `Priority`, ... */
  readonly waitingFor?: string;
  /** When it was last heard of, on this machine's clock. */
  readonly heard?: string;
}

/** Times are of this machine's clock. */
export interface Attempt {
  readonly number: number;
  readonly started: string;
  readonly ended?: string;
  /** The machine that it ran on. */
  readonly host?: string;
  readonly job?: string;
  readonly process?: ProcessIdentity;
  readonly exit?: { readonly code: number | null; readonly signal?: string };
}

export type RunState = 'queued' | 'starting' | 'running' | 'finished' | 'failed' | 'stopped' | 'lost';

export const activeStates: readonly RunState[] = ['queued', 'starting', 'running'];

/** A pid alone may be somebody else: the start time (clock ticks since boot on Linux) and the boot tell. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime?: string;
  readonly boot?: string;
}

export interface DataFingerprint {
  readonly path: string;
  readonly sha256: string;
  readonly files: number;
  readonly bytes: number;
  readonly samples?: number;
  readonly dvc?: { readonly md5: string; readonly upToDate: boolean };
}

export interface RunProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft?: number;
  /** Last value of each tag. */
  readonly last: Readonly<Record<string, number>>;
  readonly updated: string;
}
