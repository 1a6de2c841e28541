import path from 'node:path';
import { t } from '../core/l10n';
import { errorCode, InputError } from '../engine/errors';
import { writeFileAtomically } from '../engine/files';

/** Writes a result where the user asked for it. Throws `InputError` when that cannot be. */
export async function writeOutput(file: string, data: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomically(file, data);
  } catch (error) {
    const code = errorCode(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new InputError({
      file,
      problem: t('It cannot be written ({0}).', code ?? String(error)),
      nextStep: missing
        ? t('Make the folder {0} first.', path.dirname(file))
        : t('Check the permissions of its folder.'),
    });
  }
}
