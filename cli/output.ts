import path from 'node:path';
import { t } from '../core/l10n';
import { errorCode, InputError } from '../engine/errors';
import { writeOutputFile } from '../engine/files';

/** Writes a result where the user asked for it. Throws `InputError` when that cannot be. */
export async function writeOutput(file: string, data: string | Uint8Array): Promise<void> {
  try {
    await writeOutputFile(file, data);
  } catch (error) {
    const code = errorCode(error);
    throw new InputError({
      file,
      problem: t('It cannot be written ({0}).', code ?? String(error)),
      nextStep: nextStep(code, file),
    });
  }
}

function nextStep(code: string | undefined, file: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return t('Make the folder {0} first.', path.dirname(file));
  if (code === 'EISDIR') return t('This is a folder. Name a file in it.');
  if (code === 'ENOSPC' || code === 'EDQUOT') return t('The disk is full. Make room on it.');
  return t('Check the permissions of its folder.');
}
