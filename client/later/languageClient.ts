/** Loaded when the language server is started. */
export { LanguageClient, TransportKind } from 'vscode-languageclient/node';
