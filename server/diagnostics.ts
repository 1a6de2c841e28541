import { readFile } from 'node:fs/promises';
import {
  type CancellationToken,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  type InitializeParams,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver/node';
import { diagnosticsOf, extraDiagnosticsOf } from '../core/language/diagnostics';
import { type Snapshot, snapshotOfText } from '../core/language/snapshot';
import type { Diagnostic as SchemeDiagnostic } from '../core/scheme/diagnostics';
import { filePath } from './files';
import type { SchemeDocuments } from './schemeDocuments';
import { nextTurn } from './turns';

/** Typing goes on for this long before diagnostics are pushed. */
const pushDelay = 150;

/**
 * Diagnostics, for clients that ask for them (`textDocument/diagnostic`) and for those that wait for them. A document that
 * is not open has none but extra ones, which are always pushed: nobody asks for those.
 */
export class DiagnosticsService {
  private pulled = false;
  private refreshable = false;
  /** Counts every change of any document: never the same number for two states of one, not even when it is opened again. */
  private revision = 0;
  private readonly revisions = new Map<string, number>();
  private readonly extra = new Map<string, Map<string, readonly SchemeDiagnostic[]>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly connection: Connection,
    private readonly documents: SchemeDocuments,
    private readonly pages: ReadonlyMap<string, string> = new Map(),
  ) {
    documents.onDidChange(({ document }) => this.changed(document.uri));
    documents.onDidClose(({ document }) => this.closed(document.uri));
    connection.languages.diagnostics.on((params, token) => this.pull(params, token));
  }

  initialize({ capabilities }: InitializeParams): void {
    this.pulled = capabilities.textDocument?.diagnostic !== undefined;
    this.refreshable = capabilities.workspace?.diagnostics?.refreshSupport === true;
  }

  setExtra(uri: string, source: string, diagnostics: readonly SchemeDiagnostic[]): void {
    const sources = this.extra.get(uri) ?? new Map<string, readonly SchemeDiagnostic[]>();
    if (diagnostics.length > 0) sources.set(source, diagnostics);
    else sources.delete(source);
    this.extra.set(uri, sources);
    this.extraChanged(uri);
  }

  /** What an open document is told has changed, though its text has not. */
  renew(uri: string): void {
    if (!this.documents.isOpen(uri)) return;
    this.revisions.set(uri, ++this.revision);
    if (!this.pulled) this.schedule(uri);
    else if (this.refreshable) void this.connection.languages.diagnostics.refresh();
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private async pull(
    { textDocument: { uri }, previousResultId }: DocumentDiagnosticParams,
    token: CancellationToken,
  ): Promise<DocumentDiagnosticReport | ResponseError<{ retriggerRequest: boolean }>> {
    await nextTurn();
    if (token.isCancellationRequested)
      return new ResponseError(LSPErrorCodes.ServerCancelled, 'The request was cancelled.', {
        retriggerRequest: false,
      });
    const resultId = String(this.revisions.get(uri) ?? 0);
    if (resultId === previousResultId) return { kind: 'unchanged', resultId };
    return { kind: 'full', resultId, items: this.present(uri) };
  }

  private present(uri: string): Diagnostic[] {
    const snapshot = this.documents.snapshot(uri);
    return snapshot === undefined ? [] : [...diagnosticsOf(snapshot, this.pages), ...this.extraIn(uri, snapshot)];
  }

  private extraIn(uri: string, snapshot: Snapshot): Diagnostic[] {
    const sources = [...(this.extra.get(uri) ?? [])];
    return sources.flatMap(([source, diagnostics]) => extraDiagnosticsOf(snapshot, source, diagnostics));
  }

  private changed(uri: string): void {
    const opened = !this.revisions.has(uri);
    this.revisions.set(uri, ++this.revision);
    if (opened && this.pulled && this.extra.has(uri)) this.push(uri, []);
    if (!this.pulled) this.schedule(uri);
  }

  private closed(uri: string): void {
    this.revisions.delete(uri);
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    if (!this.pulled) this.push(uri, []);
    if (this.extra.has(uri)) void this.pushUnopened(uri);
  }

  private schedule(uri: string): void {
    clearTimeout(this.timers.get(uri));
    const push = () => this.push(uri, this.present(uri), this.documents.version(uri));
    this.timers.set(uri, setTimeout(push, pushDelay));
  }

  private extraChanged(uri: string): void {
    if (this.documents.isOpen(uri)) this.renew(uri);
    else void this.pushUnopened(uri);
  }

  /** The text is read anew, so that the places are right even if the file has changed since. */
  private async pushUnopened(uri: string): Promise<void> {
    const file = filePath(uri);
    const text = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
    if (this.documents.isOpen(uri)) return;
    this.push(uri, text === undefined ? [] : this.extraIn(uri, snapshotOfText(text, uri)));
  }

  private push(uri: string, diagnostics: Diagnostic[], version?: number): void {
    void this.connection.sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) });
  }
}
