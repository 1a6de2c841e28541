import type { TextEdit } from 'vscode-languageserver-types';
import type { MatchReport } from '../match/report';
import type { FixTitle } from './match';
import type { Dimensions, GraphOutline, ModelReading, NodeDetails, TensorStatistics } from './onnx';
import type { RunSummary, Series, SeriesQuery } from './runs';

/** Requests beside the Language Server Protocol's own; asked by the VS Code client. Folders and files are absolute paths. */
export interface ServerRequests {
  'matchdown/runs/list': { params: { folders: readonly string[] }; result: readonly RunSummary[] };
  'matchdown/series/read': { params: SeriesQuery; result: readonly Series[] };
  /**
   * Schemes count as they are in the editor, saved or not. `publish`: differences become diagnostics of the intended scheme's
   * document, and follow what is typed there.
   */
  'matchdown/match': {
    params: { intended: string; exported: string; numeric: boolean; publish: boolean };
    result: MatchReport;
  };
  /**
   * The structure of an ONNX file, or of the graph that a scheme intends, read anew. The other questions are about what was
   * read last, and are refused when that was another `version`. All of them only read, in an untrusted workspace too.
   */
  'matchdown/model/read': { params: { file: string }; result: ModelReading };
  'matchdown/model/graph': { params: GraphQuestion; result: GraphOutline };
  'matchdown/model/shapes': { params: GraphQuestion; result: readonly (Dimensions | null)[] };
  'matchdown/model/node': { params: GraphQuestion & { node: number }; result: NodeDetails };
  'matchdown/model/tensor': { params: GraphQuestion & { node: number; tensor: string }; result: TensorStatistics };
  /** What takes exported values into the scheme that was last matched with `publish`, for its present text. */
  'matchdown/match/fixes': { params: { scheme: string }; result: readonly MatchFix[] };
  'matchdown/report': { params: { folders: readonly string[]; output: string }; result: { file: string } };
  /** The model table of an open scheme as Markdown; `markdown` is absent while the network cannot be built. */
  'matchdown/describe': { params: { uri: string }; result: { markdown?: string } };
}

/** The edits that make a reason of a report go away; places as in the Language Server Protocol. */
export interface MatchFix extends FixTitle {
  readonly edits: readonly TextEdit[];
}

/** A graph of a model that was read; see `core/protocol/onnx.ts`. */
export interface GraphQuestion {
  readonly file: string;
  readonly version: string;
  /** `inlined`: the main graph in which functions' nodes stand in the place of their calls, as the match names them. */
  readonly graph: string;
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
