import type { MatchReport } from '../match/report';
import type { RunSummary, Series, SeriesQuery } from './runs';

/** Requests beside the Language Server Protocol's own; asked by the VS Code client. Folders and files are absolute paths. */
export interface ServerRequests {
  'matchdown/runs/list': { params: { folders: readonly string[] }; result: readonly RunSummary[] };
  'matchdown/series/read': { params: SeriesQuery; result: readonly Series[] };
  /** `publish`: differences become diagnostics of the scheme's document. */
  'matchdown/match': {
    params: { intended: string; exported: string; numeric: boolean; publish: boolean };
    result: MatchReport;
  };
  'matchdown/report': { params: { folders: readonly string[]; output: string }; result: { file: string } };
}

/** Told by the server. */
export interface ServerNotifications {
  'matchdown/runs/changed': { folders: readonly string[] };
}
