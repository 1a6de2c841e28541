import { existsSync } from 'node:fs';
import { t } from '../core/l10n';
import { InputError } from '../engine/errors';
import { sweepFile } from '../engine/sweep/paths';
import { listSweeps } from '../engine/sweep/store';

/** The folder of a sweep that a person named by path, by id, or by the beginning or end of an id. Throws `InputError`. */
export async function findSweep(name: string, runsFolder: string): Promise<string> {
  if (existsSync(sweepFile(name))) return name;
  const sweeps = await listSweeps([runsFolder]);
  const isNamed = (id: string) => id === name || (name.length >= 4 && (id.startsWith(name) || id.endsWith(name)));
  const found = sweeps.filter(({ record }) => isNamed(record.id));
  if (found.length === 1) return found[0]!.folder;
  throw new InputError({
    file: name,
    problem:
      found.length > 1
        ? t('Several sweeps have this name: {0}.', found.map(({ record }) => record.id).join(', '))
        : t('There is no such sweep in {0}.', runsFolder),
    nextStep:
      found.length > 1
        ? t('Give more of the id.')
        : t('`matchdown sweep list --runs DIR` lists those of another folder.'),
  });
}
