import type { Device } from '../../core/runs/device';
import type { RunRecord } from '../../core/runs/record';
import type { GpuChoice, Target } from '../../core/runs/target';
import type { Diagnostic } from '../../core/scheme/diagnostics';

export interface LaunchOptions {
  readonly schemeFile: string;
  /** The scheme's text, when an editor holds a newer one than the file. */
  readonly schemeText?: string;
  /** `model.learning_rate` to its value, for this run only. */
  readonly overrides?: Record<string, unknown>;
  readonly runsFolder: string;
  readonly name?: string;
  readonly purpose?: string;
  /** Id of the run that this one is compared with. */
  readonly parent?: string;
  /** The sweep that starts it, and which of its trials it is. */
  readonly sweep?: RunRecord['sweep'];
  /** Folder of a finished embedded run of the same scheme, but with fewer epochs: this one goes on from its last checkpoint. */
  readonly continues?: string;
  /** Of ONNX Runtime; by default three quarters of the processors. */
  readonly threads?: number;
  /** Of ONNX Runtime; by default the processor. */
  readonly device?: Device;
}

/** `launchRun`: where it runs, and what. */
export interface RunOptions extends LaunchOptions {
  /** Name of a target; by default `embedded`, or `local` with a command. */
  readonly target?: string;
  /** The configured targets; the built-in ones are known without. */
  readonly targets?: readonly Target[];
  /** The user's own command: program and arguments. Without it the target's launch profile, else our trainer. */
  readonly command?: readonly string[];
  /** The folder that a command is run in, and that is uploaded for it; by default the scheme's. */
  readonly projectFolder?: string;
  /** For this run instead of the target's. */
  readonly gpus?: GpuChoice;
  /** Whether `ssh` may ask for a password on the terminal. */
  readonly interactive?: boolean;
  readonly onProgress?: (progress: LaunchProgress) => void;
  /** Aborting gives the launch up: what was not started by then is not started. */
  readonly signal?: AbortSignal;
}

/** What a launch is about; `done` and `total` in bytes while it uploads. */
export interface LaunchProgress {
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
}

export type LaunchOutcome = { readonly ok: true; readonly id: string; readonly folder: string } | LaunchRefusal;

export interface LaunchRefusal {
  readonly ok: false;
  readonly message: string;
  /** The scheme's errors, when it is the scheme that is wrong. */
  readonly diagnostics?: Diagnostic[];
  /** The target does not answer now: later it may. */
  readonly unreachable?: true;
}

export type ResumeOptions = Pick<RunOptions, 'threads' | 'device' | 'gpus' | 'interactive' | 'onProgress' | 'signal'>;

/** Many runs as one Slurm array: one job script, at most `atOnce` at a time. */
export interface ArrayOptions extends Omit<RunOptions, 'overrides' | 'name' | 'sweep'> {
  readonly trials: readonly Pick<LaunchOptions, 'overrides' | 'name' | 'sweep'>[];
  readonly atOnce?: number;
}

export type ArrayOutcome =
  | { readonly ok: true; readonly runs: readonly { readonly id: string; readonly folder: string }[] }
  | LaunchRefusal;

/** What a launch would do, to the letter; nothing is done. */
export interface DryRun {
  readonly target: Target;
  readonly steps: readonly DryRunStep[];
  readonly upload?: UploadPreview;
}

export interface DryRunStep {
  readonly title: string;
  /** A command as a person would type it, or a script. */
  readonly text: string;
}

export interface UploadPreview {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly bytes: number;
  /** Paths that stay here because of `.gitignore`, `.matchdownignore` or our own list; folders end in `/`. */
  readonly ignored: readonly string[];
  /** Full sentences: what is suspiciously large, what is missing. */
  readonly warnings: readonly string[];
}

export type DryRunOutcome = { readonly ok: true; readonly dryRun: DryRun } | Extract<LaunchOutcome, { ok: false }>;
