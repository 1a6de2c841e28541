import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setMessages } from '../core/l10n';
import { distFolder } from './entryPoint';

/** Chooses the language of a process that is started by others. English where there is no translation. */
export function chooseLanguage(environment: NodeJS.ProcessEnv): void {
  const language = languageOf(environment);
  if (language === undefined) return;
  try {
    const file = path.join(distFolder(), '..', 'l10n', `bundle.l10n.${language}.json`);
    setMessages(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
  } catch {
    // No translation into this language.
  }
}

/**
 * `MATCHDOWN_LANGUAGE` where it is set; else the editor's display language when the process comes from there; else as POSIX
 * programs do it, `LC_ALL`, then `LC_MESSAGES`, then `LANG`. Undefined for English.
 */
export function languageOf(environment: NodeJS.ProcessEnv): string | undefined {
  const locale = environment.MATCHDOWN_LANGUAGE || editorLocale(environment) || posixLocale(environment);
  const language = /^[a-z]{2}(?=[_.@-]|$)/.exec(locale)?.[0];
  return language === 'en' ? undefined : language;
}

const posixLocale = ({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): string => LC_ALL || LC_MESSAGES || LANG || '';

/** VS Code tells the processes of its extensions its display language in this variable. */
function editorLocale({ VSCODE_NLS_CONFIG: config }: NodeJS.ProcessEnv): string | undefined {
  try {
    const { resolvedLanguage, locale } = JSON.parse(config ?? '') as { resolvedLanguage?: unknown; locale?: unknown };
    const language = resolvedLanguage ?? locale;
    return typeof language === 'string' ? language : undefined;
  } catch {
    return undefined;
  }
}
