import type { InitializeParams, WorkspaceFolder } from 'vscode-languageserver/node';
import { setMessages } from '../core/l10n';
import type { Diagnostic } from '../core/scheme/diagnostics';
import type { CodeActionProvider, ServerContext } from './context';
import type { DiagnosticsService } from './diagnostics';
import { filePath } from './files';
import { readInitializationOptions } from './options';
import type { SchemeDocuments } from './schemeDocuments';
import { defaultSettings } from './settings';

type Disposal = () => void | Promise<void>;

/** What is known of the client from `initialize` to `shutdown`. */
export class Session implements ServerContext {
  settings = defaultSettings;
  trusted = false;
  folders: readonly string[] = [];
  /** Whether the client has the commands that code lenses run. */
  commands = false;
  /** Whether the client understands snippets. */
  snippets = false;
  readonly extraActions: CodeActionProvider[] = [];
  private readonly disposals: Disposal[] = [];

  constructor(
    private readonly diagnostics: DiagnosticsService,
    private readonly documents: SchemeDocuments,
  ) {}

  initialize({ initializationOptions, capabilities, workspaceFolders, rootUri }: InitializeParams): void {
    const { messages, trusted, commands } = readInitializationOptions(initializationOptions);
    setMessages(messages);
    this.trusted = trusted;
    this.commands = commands;
    this.snippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    this.setFolders(workspaceFolders ?? (rootUri ? [{ uri: rootUri }] : []));
  }

  /** Folders of a virtual workspace are left out: there is nothing on this machine to be watched or run. */
  setFolders(folders: readonly Pick<WorkspaceFolder, 'uri'>[]): void {
    this.folders = folders.flatMap(({ uri }) => filePath(uri) ?? []);
  }

  extraDiagnostics(uri: string, source: string, diagnostics: readonly Diagnostic[]): void {
    this.diagnostics.setExtra(uri, source, diagnostics);
  }

  addCodeActions(provider: CodeActionProvider): void {
    this.extraActions.push(provider);
  }

  schemeText(file: string): string | undefined {
    return this.documents
      .all()
      .find(({ uri }) => filePath(uri) === file)
      ?.getText();
  }

  onSchemeChanged(listener: (file: string) => void): void {
    this.documents.onDidChange(({ document }) => {
      const file = filePath(document.uri);
      if (file !== undefined) listener(file);
    });
  }

  onShutdown(dispose: Disposal): void {
    this.disposals.push(dispose);
  }

  async shutdown(): Promise<void> {
    this.diagnostics.dispose();
    await Promise.allSettled(this.disposals.map((dispose) => dispose()));
  }
}
