import * as vscode from 'vscode';
import { setMessages } from '../core/l10n';

/** Imported first by each bundle of the client: every bundle has messages of its own. */
setMessages(vscode.l10n.bundle ?? {});
