import type { Connection, InitializeParams } from 'vscode-languageserver/node';
import { toolVersion } from '../engine/version';
import { capabilities } from './capabilities';
import { codePages } from './codePages';
import { DataFacts } from './dataFacts';
import { DiagnosticsService } from './diagnostics';
import { extensions } from './extensions';
import { registerLanguageFeatures } from './languageFeatures';
import { refreshViews } from './refresh';
import { SchemeDocuments } from './schemeDocuments';
import { Session } from './session';
import { followSettings } from './settings';

/**
 * The language server on a connection of any kind: the editor's channel, standard input and output, or a test's streams.
 * Schemes are told by their name, by the language id `model-scheme`, or by a `$schema` that names ours.
 */
export function startServer(connection: Connection): void {
  const documents: SchemeDocuments = new SchemeDocuments((uri) => ({
    trainingSamples: data.trainingSamples(uri),
    device: session.settings.device,
  }));
  const diagnostics = new DiagnosticsService(connection, documents, codePages());
  const session = new Session(diagnostics, documents);
  const factsChanged = (uri: string) => {
    documents.invalidate(uri);
    diagnostics.renew(uri);
  };
  const data = new DataFacts(
    (uri) => (session.trusted ? documents.snapshot(uri)?.analysis.scheme?.data : undefined),
    factsChanged,
  );
  documents.onDidChange(({ document }) => data.schedule(document.uri));
  documents.onDidClose(({ document }) => data.forget(document.uri));
  session.onShutdown(() => data.dispose());
  let client: InitializeParams;
  const settings = followSettings(connection, (changed) => {
    session.settings = changed;
    for (const { uri } of documents.all()) factsChanged(uri);
    refreshViews(connection, client);
  });

  connection.onInitialize((params) => {
    client = params;
    session.initialize(params);
    diagnostics.initialize(params);
    return { capabilities, serverInfo: { name: 'matchdown', version: toolVersion() } };
  });
  connection.onInitialized(async () => {
    if (client.capabilities.workspace?.workspaceFolders) followFolders(connection, session);
    await settings.initialized(client);
  });
  connection.onShutdown(() => session.shutdown());

  registerLanguageFeatures(connection, documents, session);
  for (const extend of extensions) extend(connection, session);
  documents.listen(connection);
  connection.listen();
}

function followFolders(connection: Connection, session: Session): void {
  connection.workspace.onDidChangeWorkspaceFolders(async () => {
    session.setFolders((await connection.workspace.getWorkspaceFolders()) ?? []);
  });
}
