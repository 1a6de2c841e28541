import type { Connection, InitializeParams, InitializeResult } from 'vscode-languageserver/node';
import { setMessages } from '../core/l10n';
import packageJson from '../package.json';
import { capabilities } from './capabilities';
import type { ServerContext } from './context';
import { DiagnosticsService } from './diagnostics';
import { extensions } from './extensions';
import { filePath } from './files';
import { registerLanguageFeatures } from './languageFeatures';
import { readInitializationOptions } from './options';
import { refreshViews } from './refresh';
import { SchemeDocuments } from './schemeDocuments';
import { defaultSettings, followSettings, type Settings } from './settings';

/**
 * The language server on a connection of any kind: the editor's channel, standard input and output, or a test's streams.
 * Schemes are told by their name, by the language id `model-scheme`, or by a `$schema` that names ours.
 */
export function startServer(connection: Connection): void {
  const state = { settings: defaultSettings, trusted: true, folders: [] as string[], commands: false };
  const disposals: (() => void | Promise<void>)[] = [];
  const documents = new SchemeDocuments();
  const diagnostics = new DiagnosticsService(connection, documents);
  let client: InitializeParams;

  const context: ServerContext = {
    get trusted() {
      return state.trusted;
    },
    get folders() {
      return state.folders;
    },
    extraDiagnostics: (uri, source, extra) => diagnostics.setExtra(uri, source, extra),
    onShutdown: (dispose) => void disposals.push(dispose),
  };
  const settings = followSettings(connection, (changed: Settings) => {
    state.settings = changed;
    refreshViews(connection, client);
  });

  connection.onInitialize((params): InitializeResult => {
    client = params;
    const options = readInitializationOptions(params.initializationOptions);
    setMessages(options.l10n);
    state.trusted = options.trusted;
    state.commands = options.commands;
    state.folders = foldersOf(params);
    diagnostics.initialize(params);
    return { capabilities, serverInfo: { name: 'matchdown', version: packageJson.version } };
  });
  connection.onInitialized(() => settings.initialized(client));
  connection.onShutdown(async () => {
    diagnostics.dispose();
    await Promise.allSettled(disposals.map((dispose) => dispose()));
  });

  registerLanguageFeatures(connection, documents, state);
  for (const extend of extensions) extend(connection, context);
  documents.listen(connection);
  connection.listen();
}
