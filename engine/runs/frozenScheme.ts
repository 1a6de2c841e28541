import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { errorCode, InputError } from '../errors';
import { sha256Hex } from '../hash';

/**
 * The text of the scheme that a run began with: what has been trained belongs to it. Throws `InputError` where it has been
 * changed since, or cannot be read.
 */
export async function readFrozenScheme(folder: string, { scheme }: Pick<RunRecord, 'scheme'>): Promise<string> {
  const file = path.join(folder, 'scheme.json');
  const bytes = await readFile(file).catch((error: unknown) => {
    const problem = t('It cannot be read ({0}).', errorCode(error) ?? String(error));
    throw new InputError({ file, problem, nextStep: t('Restore it, or start a new run.') });
  });
  if (sha256Hex(bytes) === scheme.sha256) return bytes.toString('utf8');
  throw new InputError({
    file,
    problem: t('The scheme has changed since the run began.'),
    nextStep: t('Restore it, or start a new run with the changes.'),
  });
}
