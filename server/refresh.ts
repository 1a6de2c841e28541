import { CodeLensRefreshRequest, type Connection, type InitializeParams } from 'vscode-languageserver/node';

/** Asks the client to ask again for what depends on the settings; one that cannot do so shows it after the next edit. */
export function refreshViews(connection: Connection, { capabilities: { workspace } }: InitializeParams): void {
  if (workspace?.inlayHint?.refreshSupport) void connection.languages.inlayHint.refresh();
  if (workspace?.codeLens?.refreshSupport) void connection.sendRequest(CodeLensRefreshRequest.type);
}
