import type { MatchReport } from '../match/report';

/** Asked by the Match panel. */
export interface MatchRequests {
  /** The report that the panel was opened for; `again` makes it anew. */
  'report/read': { params: { again: boolean }; result: MatchReport };
  'scheme/reveal': { params: { path: readonly (string | number)[] }; result: null };
  'file/open': { params: { side: 'intended' | 'exported' }; result: null };
}

export interface MatchEvents {
  'report/changed': MatchReport;
}
