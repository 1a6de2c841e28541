import type { NormalizationStatistics } from '../compile/normalization';

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
  readonly process?: ProcessIdentity;
  readonly scheme: { readonly path: string; readonly sha256: string };
  /** `--set` overrides, as given: `model.learning_rate` to its value. */
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly purpose?: string;
  readonly tags?: readonly string[];
  readonly parent?: string;
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
