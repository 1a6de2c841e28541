import { rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { isActive } from '../../core/runs/states';
import { errorCode, errorMessage } from '../errors';
import { changing } from './change';
import { readRecord } from './store';

export type DeleteOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/**
 * Removes a run that is not going on: its folder, and with `remote` what is left of it on its target. Throws `InputError` when
 * there is no run there: nothing else is ever removed.
 */
export async function deleteRun(folder: string, { remote = true } = {}): Promise<DeleteOutcome> {
  await readRecord(folder);
  try {
    return await changing([folder], () => deleteAlone(folder, remote));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { ok: false, message: t('{0} cannot be removed: {1}', folder, errorMessage(error)) };
  }
}

async function deleteAlone(folder: string, remote: boolean): Promise<DeleteOutcome> {
  const record = await readRecord(folder);
  if (isActive(record)) return { ok: false, message: t('The run is still going on. Stop it first.') };
  // A record that was copied somewhere does not make everything around it a run.
  if (path.basename(path.resolve(folder)) !== record.id)
    return {
      ok: false,
      message: t('{0} is not named like the run in it, {1}. Remove it yourself.', folder, record.id),
    };
  if (remote && record.remote) {
    const { deleteRemote } = await import('../targets/delete');
    const problem = await deleteRemote(record);
    if (problem !== undefined) return { ok: false, message: problem };
  }
  await rm(path.resolve(folder), { recursive: true });
  return { ok: true };
}
