import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setMessages } from '../core/l10n';

/** Takes the language from the environment, as POSIX programs do: `LC_ALL`, then `LC_MESSAGES`, then `LANG`. */
export function chooseLanguage(environment: NodeJS.ProcessEnv): void {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  const language = /^[a-z]{2}(?=[_.@-]|$)/.exec(locale)?.[0];
  if (!language || language === 'en') return;
  try {
    setMessages(JSON.parse(readFileSync(path.join(__dirname, '..', 'l10n', `bundle.l10n.${language}.json`), 'utf8')));
  } catch {
    // No translation into this language: English.
  }
}
