import { readFile, stat } from 'node:fs/promises';
import { t } from '../core/l10n';
import { errorCode, InputError } from './errors';

/** The text of a scheme's file, without its byte order mark. Throws `InputError` when it is no readable text. */
export async function readSchemeText(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    if ((await stat(file)).isDirectory()) {
      throw new InputError({ file, problem: t('This is a folder.'), nextStep: t('Name the scheme file in it.') });
    }
    bytes = await readFile(file);
  } catch (error) {
    throw error instanceof InputError ? error : new InputError({ file, ...unreadable(error) });
  }
  return decodeSchemeText(file, bytes);
}

/** The same for bytes that have been read already. */
export function decodeSchemeText(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const nextStep = t('Save it as UTF-8, or name another file.');
    throw new InputError({ file, problem: t('This is no UTF-8 text.'), nextStep });
  }
}

function unreadable(error: unknown): { problem: string; nextStep: string } {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { problem: t('There is no such file.'), nextStep: t('Check the path.') };
  }
  return { problem: t('It cannot be read ({0}).', code ?? String(error)), nextStep: t('Check its permissions.') };
}
