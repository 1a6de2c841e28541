import type { CodeAction, Connection, Range } from 'vscode-languageserver/node';
import type { Snapshot } from '../core/language/snapshot';
import type { Diagnostic } from '../core/scheme/diagnostics';

/** What a part of the server may know of the rest of it. */
export interface ServerContext {
  /** False in an untrusted workspace: then nothing is run, only read. Known once the client has initialized the server. */
  readonly trusted: boolean;
  /** Absolute paths of the workspace's folders that are on this machine's disk. */
  readonly folders: readonly string[];
  /**
   * Shows diagnostics beside the scheme's own ones, in the push and in the pull model, for an open document and for one
   * that is not open. They replace those of the same `source` for that document; an empty list takes them away.
   *
   * @param uri of the scheme
   * @param source who says it, shown by the editor: `matchdown match`
   * @param diagnostics with spans in the text they were made for; in a text edited since then they follow their `path`
   */
  extraDiagnostics(uri: string, source: string, diagnostics: readonly Diagnostic[]): void;
  /** Offers more code actions, beside those of the scheme's own diagnostics. */
  addCodeActions(provider: CodeActionProvider): void;
  /** The text of a scheme that is open in the editor, saved or not, by its file. */
  schemeText(file: string): string | undefined;
  /** Calls the listener with the file of a scheme whenever it has been opened or edited. */
  onSchemeChanged(listener: (file: string) => void): void;
  /** Called once when the server shuts down: end what was started, watchers and child processes for example. */
  onShutdown(dispose: () => void | Promise<void>): void;
}

/** Code actions at a range of an open scheme; `only`: the kinds that are asked for. */
export type CodeActionProvider = (scheme: Snapshot, range: Range, only: readonly string[] | undefined) => CodeAction[];

/** Registers the handlers of one part of the server; called before the connection listens. */
export type Extension = (connection: Connection, context: ServerContext) => void;
