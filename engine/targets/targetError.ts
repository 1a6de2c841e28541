import { t } from '../../core/l10n';

/** A target answers, and says no: in its own words, and what to do where that is known. */
export class TargetError extends Error {
  constructor(
    readonly host: string,
    readonly detail: string,
  ) {
    super(sentence(host, lastLines(detail)));
    this.name = 'TargetError';
  }
}

function sentence(host: string, detail: string): string {
  if (/no space left|disk quota exceeded/i.test(detail))
    return t(
      'There is no room left on {0}: {1}. Make room there, or choose another "folder" for the target.',
      host,
      detail,
    );
  if (/permission denied|read-only file system/i.test(detail))
    return t('{0} does not allow it: {1}. Choose another "folder" for the target.', host, detail);
  if (/command not found|: not found/i.test(detail)) return t('A program is missing on {0}: {1}.', host, detail);
  return t('{0} says: {1}', host, detail);
}

function lastLines(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/\p{Cc}/gu, '').trim());
  return lines
    .filter((line) => line !== '')
    .slice(-2)
    .join('; ')
    .replace(/\.$/, '')
    .slice(0, 400);
}
