import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunSummary } from '../../core/protocol/runs';
import { readProvenance } from '../../core/runs/provenance';
import { InputError } from '../errors';
import { openSide } from '../matchSide';
import { listRuns } from './store';

/**
 * The folder of the run that an ONNX file came from, by the provenance inside it: the folder that it lies in, or one of
 * the given folders of runs. Throws `InputError` when the file does not say, or the run is not there.
 */
export async function findRunOfModel(file: string, runsFolders: readonly string[]): Promise<string> {
  const run = runOf(file);
  const runs: RunSummary[] = await listRuns([path.dirname(path.resolve(file)), ...runsFolders]);
  const found = runs.find(({ record }) => record?.id === run);
  if (found) return found.folder;
  throw new InputError({
    file,
    problem: t('It comes from the run {0}, which is not here.', run),
    nextStep: t('Name the folder of its runs with --runs.'),
  });
}

function runOf(file: string): string {
  const side = openSide(file);
  side.close();
  const provenance = readProvenance(side.model.metadata);
  if (provenance) return provenance.run;
  throw new InputError({
    file,
    problem: t('It does not say which run it comes from.'),
    nextStep: t('Only models that Match Down exported carry their run.'),
  });
}
