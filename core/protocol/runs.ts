import type { RunRecord } from '../runs/record';

/** A run as lists show it: a run record's folder, or a folder with nothing but TensorBoard logs (`record` absent). */
export interface RunSummary {
  /** Stable: the run's folder. */
  readonly folder: string;
  readonly name: string;
  readonly record?: RunRecord;
  /** What is wrong with the run's record, when there is one that cannot be read; a full sentence. */
  readonly problem?: string;
  readonly tags: readonly string[];
}

/** Columns of one scalar series, reduced to at most the asked number of points. */
export interface Series {
  readonly tag: string;
  readonly steps: readonly number[];
  readonly wallTimes: readonly number[];
  /** `null`: not a number, or infinite; JSON has neither. */
  readonly values: readonly (number | null)[];
  /** Points in the log, before sampling. */
  readonly total: number;
}

export interface SeriesQuery {
  readonly folder: string;
  /** An empty list asks for all scalars. */
  readonly tags: readonly string[];
  readonly maxPoints: number;
}
