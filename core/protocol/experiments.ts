import type { SweepRecord } from '../sweep/record';
import type { RunSummary, Series, SeriesQuery } from './runs';

/** Asked by the Experiments panel. */
export interface ExperimentsRequests {
  /** All runs, or at least those of the given folders. */
  'runs/list': { params: { folders?: readonly string[] }; result: readonly RunSummary[] };
  /** Whose trials are shown with the values that they were given. */
  'sweeps/list': { params: Record<string, never>; result: readonly SweepRecord[] };
  /** Runs that the page was opened for; none: those that it showed last. */
  'runs/toCompare': { params: Record<string, never>; result: { folders: readonly string[] } };
  'series/read': { params: SeriesQuery; result: readonly Series[] };
  'run/openFolder': { params: { folder: string }; result: null };
  'run/stop': { params: { folder: string }; result: null };
  'run/log': { params: { folder: string }; result: null };
  'run/resume': { params: { folder: string }; result: null };
  /** A new run of the same scheme with changes, which the editor asks for. */
  'run/clone': { params: { folder: string }; result: null };
  'run/match': { params: { folder: string }; result: null };
  'run/note': { params: { folders: readonly string[] }; result: null };
  /** From the empty state: what the palette's *Match Down: Run Scheme* does. */
  'scheme/run': { params: Record<string, never>; result: null };
}

/** Told to the Experiments panel. */
export interface ExperimentsEvents {
  /** Folders of runs whose record or logs changed; an empty list: the set of runs changed. */
  'runs/changed': { folders: readonly string[] };
  /** Shows the curves of these runs, and no others. */
  'runs/compare': { folders: readonly string[] };
}
