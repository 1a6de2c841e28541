import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from './startServer';

/** `node server.js --stdio` for any editor; `--node-ipc`, `--pipe` and `--socket` as vscode-languageclient chooses. */
startServer(createConnection(ProposedFeatures.all));
