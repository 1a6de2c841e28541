import type { RunSummary, Series, SeriesQuery } from './runs';

/** Asked by the Experiments panel. */
export interface ExperimentsRequests {
  /** All runs, or at least those of the given folders. */
  'runs/list': { params: { folders?: readonly string[] }; result: readonly RunSummary[] };
  'series/read': { params: SeriesQuery; result: readonly Series[] };
  'run/openFolder': { params: { folder: string }; result: null };
  'run/stop': { params: { folder: string }; result: null };
  'run/match': { params: { folder: string }; result: null };
  'run/note': { params: { folders: readonly string[] }; result: null };
  /** From the empty state: what the palette's *Match Down: Run Scheme* does. */
  'scheme/run': { params: Record<string, never>; result: null };
}

/** Told to the Experiments panel. */
export interface ExperimentsEvents {
  /** Folders of runs whose record or logs changed; an empty list: the set of runs changed. */
  'runs/changed': { folders: readonly string[] };
}
