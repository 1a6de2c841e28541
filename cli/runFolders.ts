import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { t } from '../core/l10n';
import type { RunSummary } from '../core/protocol/runs';
import { InputError } from '../engine/errors';
import { listRuns } from '../engine/runs/store';
import { type Arguments, stringOption } from './command';

/** The folders of runs that a person named by path, by id, or by the beginning or end of an id. Throws `InputError`. */
export async function runFolders(names: readonly string[], runsFolder: string): Promise<string[]> {
  const runs = names.every((name) => existsSync(name)) ? [] : await listRuns([runsFolder]);
  return names.map((name) => (existsSync(name) ? name : findRun(name, runs, runsFolder).folder));
}

/** The folder of runs that was asked for, which has to be there, or the default one. Throws `InputError`. */
export async function runsFolderOf(args: Arguments): Promise<string> {
  const folder = stringOption(args, 'runs');
  if (folder === undefined) return 'runs';
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  throw new InputError({
    file: folder,
    problem: found ? t('This is no folder.') : t('There is no such folder.'),
    nextStep: t('Name the folder that the runs are in.'),
  });
}

function findRun(name: string, runs: readonly RunSummary[], runsFolder: string): RunSummary {
  const found = runs.filter((run) => isNamed(run, name));
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const ids = found.map(runId).join(', ');
    throw new InputError({
      file: name,
      problem: t('Several runs have this name: {0}.', ids),
      nextStep: t('Give more of the id.'),
    });
  }
  throw new InputError({
    file: name,
    problem: t('There is no such run in {0}.', runsFolder),
    nextStep: t('`matchdown runs --runs DIR` lists those of another folder.'),
  });
}

function isNamed(run: RunSummary, name: string): boolean {
  const id = runId(run);
  return id === name || run.name === name || (name.length >= 4 && (id.startsWith(name) || id.endsWith(name)));
}

export function runId({ record, name }: RunSummary): string {
  return record?.id ?? name;
}
