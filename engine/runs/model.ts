import path from 'node:path';
import { t } from '../../core/l10n';
import { readModel } from '../../core/onnx/read';
import { type Provenance, readProvenance } from '../../core/runs/provenance';
import { errorMessage, InputError } from '../errors';
import { FileSource } from '../matchSource';
import { listRuns, readRecord } from './store';

/**
 * The folder of the run that a model file comes from, by what the file itself says: the folder that it stands in, or one below
 * the given folders of runs. Throws `InputError` when the file is unreadable, comes from no run, or the run is not there.
 */
export async function findRunOfModel(file: string, runsFolders: readonly string[]): Promise<string> {
  const provenance = readModelProvenance(file);
  const own = path.dirname(path.resolve(file));
  const record = await readRecord(own).catch(() => undefined);
  if (record?.id === provenance.run) return own;
  const found = (await listRuns(runsFolders)).find((run) => run.record?.id === provenance.run);
  if (found) return found.folder;
  throw new InputError({
    file,
    problem: t('It comes from run {0}, which is not in {1}.', provenance.run, runsFolders.join(', ')),
    nextStep: t('Name the folder of its runs with --runs. {0}', origin(provenance)),
  });
}

/** What a model file says of its origin. Throws `InputError`. */
export function readModelProvenance(file: string): Provenance {
  const provenance = readProvenance(readMetadata(file));
  if (provenance) return provenance;
  throw new InputError({
    file,
    problem: t('It does not say which run it comes from.'),
    nextStep: t('Only models that a run exported do.'),
  });
}

function readMetadata(file: string): ReadonlyMap<string, string> {
  let source: FileSource | undefined;
  try {
    source = new FileSource(file);
    const result = readModel(source);
    if (result.ok) return result.model.metadata;
    throw new InputError({
      file,
      place: t('byte {0}', result.offset),
      problem: result.reason,
      nextStep: t('Export it again.'),
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({ file, problem: errorMessage(error), nextStep: t('Check the path.') });
  } finally {
    source?.close();
  }
}

/** Enough to find scheme, data and code by other means. */
function origin({ scheme, data, commit }: Provenance): string {
  const parts = [
    scheme && t('scheme {0}', scheme.slice(0, 12)),
    data && t('data {0}', data.slice(0, 12)),
    commit && t('commit {0}', commit.slice(0, 12)),
  ];
  return t('Of the model are known: {0}.', parts.filter(Boolean).join(', '));
}
