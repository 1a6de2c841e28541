import * as l10n from '@vscode/l10n';

/**
 * Every sentence that a person reads goes through `t`. The English sentence is the key; `l10n/bundle.l10n.<language>.json`
 * holds the translations, in VS Code's own format, so that one file serves editor, server, command line and panels.
 * `{0}`, `{1}`, ... stand for the arguments.
 */
export const t: typeof l10n.t = l10n.t;

/** Chooses the language of this process: the content of a bundle file, or an empty object for English. */
export function setMessages(bundle: Record<string, string>): void {
  l10n.config({ contents: bundle });
}
