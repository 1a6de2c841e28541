import type { MatchReport } from '../match/report';

/** Asked by the Match panel. */
export interface MatchRequests {
  /** The report that the panel was opened for; `again` makes it anew. */
  'report/read': { params: { again: boolean }; result: MatchReport };
  /** While on, the host matches again when either file is written and tells the events below. */
  'report/watch': { params: { on: boolean }; result: null };
  'scheme/reveal': { params: { path: readonly (string | number)[] }; result: null };
  'file/open': { params: { side: 'intended' | 'exported' }; result: null };
}

/** Told to the Match panel, while it watches. */
export interface MatchEvents {
  'report/started': Record<string, never>;
  'report/changed': MatchReport;
  'report/failed': { message: string };
}
