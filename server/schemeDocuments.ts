import { type Connection, type Disposable, type Event, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isScheme } from '../core/language/selector';
import { type Snapshot, snapshotOf } from '../core/language/snapshot';
import type { AnalyzeOptions } from '../core/shape/analyze';

/** The open schemes. Each version of a text is analyzed once, when it is first asked for. */
export class SchemeDocuments {
  private readonly documents = new TextDocuments(TextDocument);
  private readonly snapshots = new Map<string, Snapshot>();
  /** Schemes of which something else is known now than when they were analyzed. */
  private readonly stale = new Set<string>();

  /** @param facts what is known of an open scheme from outside its text */
  constructor(private readonly facts: (uri: string) => AnalyzeOptions = () => ({})) {}

  listen(connection: Connection): Disposable {
    this.documents.onDidClose(({ document }) => this.snapshots.delete(document.uri));
    return this.documents.listen(connection);
  }

  /** The present state of an open scheme; nothing for a document that is not open or no scheme. */
  snapshot(uri: string): Snapshot | undefined {
    const document = this.documents.get(uri);
    if (document === undefined || !isScheme(document)) return undefined;
    const known = this.snapshots.get(uri);
    const isCurrent = known?.document === document && known.version === document.version;
    if (isCurrent && !this.stale.has(uri)) return known;
    const snapshot = snapshotOf(document, this.facts(uri), known);
    this.snapshots.set(uri, snapshot);
    this.stale.delete(uri);
    return snapshot;
  }

  /** What is known from outside the text has changed. */
  invalidate(uri: string): void {
    this.stale.add(uri);
  }

  isOpen(uri: string): boolean {
    return this.documents.get(uri) !== undefined;
  }

  version(uri: string): number | undefined {
    return this.documents.get(uri)?.version;
  }

  /** Opened, or edited. */
  get onDidChange(): Event<{ document: TextDocument }> {
    return this.documents.onDidChangeContent;
  }

  get onDidClose(): Event<{ document: TextDocument }> {
    return this.documents.onDidClose;
  }

  all(): readonly TextDocument[] {
    return this.documents.all();
  }
}
