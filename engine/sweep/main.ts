import { t } from '../../core/l10n';
import { errorMessage, InputError } from '../errors';
import { overwriteJsonSync, writeJson } from '../files';
import { chooseLanguage } from '../language';
import { diskProblem } from '../runs/diskProblem';
import { carryOut } from './carryOut';
import { sweepFile } from './paths';
import { claim, release } from './process';
import { readWrittenSweep } from './store';

/**
 * The process of a sweep: `sweep.js SWEEP_FOLDER`. It starts the trials that sweep.json there asks for, and stops on SIGTERM or
 * when a file `stop` appears there. A second process for the same sweep ends at once.
 */
async function main(folder: string | undefined): Promise<number> {
  if (folder === undefined) {
    console.error('sweep.js SWEEP_FOLDER');
    return 2;
  }
  chooseLanguage(process.env);
  if (!(await claim(folder))) return 0;
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  try {
    const { state } = await carryOut(folder, stop.signal, (text) => console.log(text));
    return state === 'failed' ? 1 : 0;
  } catch (error) {
    const isRefused = diskProblem(error, folder) !== undefined;
    if (!isRefused && !(error instanceof InputError)) console.error(error);
    await fail(folder, isRefused ? refused(folder, error) : errorMessage(error));
    return 1;
  }
}

const refused = (folder: string, error: unknown): string =>
  t(
    'The folder of the sweep takes nothing more: {0}. Make room, or check its permissions, then resume the sweep; the runs that it has started go on.',
    `${errorMessage(error)} '${folder}'`,
  );

/** Where not even this can be written, the sweep counts as interrupted. */
async function fail(folder: string, error: string): Promise<void> {
  console.error(error);
  await release(folder).catch(() => undefined);
  const record = await readWrittenSweep(folder).catch(() => undefined);
  if (!record) return;
  const failed = { ...record, state: 'failed', ended: new Date().toISOString(), error };
  await writeJson(sweepFile(folder), failed).catch(() => overwriteJsonSync(sweepFile(folder), failed));
}

void main(process.argv[2]).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(errorMessage(error));
    process.exit(1);
  },
);
