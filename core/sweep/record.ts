import type { Device } from '../runs/device';
import type { LaunchSettings, ProcessIdentity } from '../runs/record';
import type { SweepDefinition } from './definition';

/** `sweep.json` in `runs/sweeps/<id>/`; its JSON Schema is `schemas/sweep_record.schema.json`. Times are ISO 8601 in UTC. */
export interface SweepRecord {
  readonly version: 1;
  /** Like a run's; also the folder's name. */
  readonly id: string;
  readonly state: SweepState;
  readonly started: string;
  readonly ended?: string;
  readonly host: string;
  /** What starts the trials; the trials themselves are runs with processes of their own. */
  readonly process?: ProcessIdentity;
  /** The scheme's file; the text that all trials begin with is `scheme.json` beside the record. */
  readonly scheme: { readonly path: string; readonly sha256: string };
  readonly definition: SweepDefinition;
  /** How the trials are started. */
  readonly launch: LaunchSettings & { readonly threads?: number; readonly device?: Device };
  /** In the order in which they were started. */
  readonly trials: readonly SweepTrial[];
  /** Number of the best trial so far. */
  readonly best?: number;
  /** Why it failed, in a sentence for a person. */
  readonly error?: string;
}

/** `interrupted`: its process is gone; it can be gone on with, as a stopped one. */
export type SweepState = 'running' | 'finished' | 'stopped' | 'failed' | 'interrupted';

export interface SweepTrial {
  /** From 1. */
  readonly number: number;
  /** From 0; trials with other seeds, or of a later rung, share it. */
  readonly configuration: number;
  /** Of successive halving, from 0; 0 for the other strategies. */
  readonly rung: number;
  readonly seed?: number;
  /** Of the swept keys. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Epochs, where they are fewer than the scheme's. */
  readonly epochs?: number;
  readonly state: TrialState;
  /** Id of the run, once there is one: a folder beside `sweeps`. */
  readonly run?: string;
  readonly objective?: number;
  /** Why it failed. */
  readonly error?: string;
}

/** `paused`: the sweep was stopped meanwhile; a resumed sweep goes on with it. */
export type TrialState = 'starting' | 'running' | 'finished' | 'stopped' | 'paused' | 'failed' | 'lost';

export const isOpen = ({ state }: SweepTrial): boolean =>
  state === 'starting' || state === 'running' || state === 'paused';
