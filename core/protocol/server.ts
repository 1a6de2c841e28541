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
  /** The model table of an open scheme as Markdown; `markdown` is absent while the network cannot be built. */
  'matchdown/describe': { params: { uri: string }; result: { markdown?: string } };
}

/** Told by the server. */
export interface ServerNotifications {
  'matchdown/runs/changed': { folders: readonly string[] };
}

/** What the client says when it starts the server (`initializationOptions`); every field has a meaning when it is left out. */
export interface InitializationOptions {
  /** Content of the editor's `l10n/bundle.l10n.<language>.json`; absent: English. */
  readonly messages?: Readonly<Record<string, string>>;
  /** Whether the workspace is trusted; absent: it is not, and nothing is run. Once it is, the client starts the server anew. */
  readonly trusted?: boolean;
  /** Whether the client has the commands that code lenses run (`core/language/codeLenses.ts`); absent: it has not. */
  readonly commands?: boolean;
}

/**
 * The editor's settings that the server asks for with `workspace/configuration`, section `matchdown`, once it is initialized
 * and again after `workspace/didChangeConfiguration`. The defaults stand in `package.json`.
 */
export interface Settings {
  /** Where runs are kept: absolute, or relative to the scheme's folder. */
  readonly runsFolder: string;
  /** Threads of the embedded trainer; 0: decided from the machine. */
  readonly threads: number;
  readonly inlayHints: { readonly outputShape: boolean; readonly parameters: boolean; readonly implicitHead: boolean };
  /** Run, match and totals above the scheme's lines. */
  readonly codeLenses: boolean;
  /** What models are trained on, with its memory in bytes; absent: nothing is said about memory. */
  readonly device?: { readonly name: string; readonly memoryBytes: number };
}
