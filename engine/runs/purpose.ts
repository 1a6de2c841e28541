import { isActive } from '../../core/runs/states';
import { writeJson } from '../files';
import { readRecord, readWrittenRecord, recordFile } from './store';

/**
 * Writes down what a run was to find out, where its record does not say so yet. A run that is going on is left as it is: its
 * own process writes the record. Throws `InputError` when there is no record.
 */
export async function recordPurpose(folder: string, purpose: string): Promise<void> {
  if (isActive(await readRecord(folder))) return;
  // As it stands: what is believed of a process that is gone is found out anew each time.
  const written = await readWrittenRecord(folder);
  if (!written.purpose) await writeJson(recordFile(folder), { ...written, purpose });
}
