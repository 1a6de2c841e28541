import { spawn } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { entryPoint } from '../entryPoint';
import { errorMessage } from '../errors';
import { writeJson } from '../files';
import { changing } from '../runs/change';
import { refusable } from '../runs/diskProblem';
import { createSweep, type SweepOptions, type SweepRefusal } from './create';
import { stopFile, sweepFile } from './paths';
import { readSweep, readWrittenSweep, type Sweep } from './store';

export type { SweepOptions } from './create';

export type SweepOutcome = { readonly ok: true; readonly id: string; readonly folder: string } | SweepRefusal;

/**
 * Starts a sweep: checks that it can be done, makes its folder and starts a process there that outlives this one and starts the
 * trials. What becomes of it stands in its record.
 */
export async function launchSweep(options: SweepOptions): Promise<SweepOutcome> {
  const created = await createSweep(options);
  return created.ok ? start(created.sweep) : created;
}

/**
 * Goes on with a sweep that was stopped or interrupted, or failed: trainings that go on all the same are followed again, paused
 * ones are resumed from their checkpoints. Throws `InputError` when there is no sweep.
 */
export async function resumeSweep(folder: string): Promise<SweepOutcome> {
  await readSweep(folder);
  return refusable(folder, () => changing([folder], () => resumeAlone(folder)));
}

async function resumeAlone(folder: string): Promise<SweepOutcome> {
  const record = await readSweep(folder);
  if (record.state === 'running') return { ok: false, message: t('The sweep is still going on.') };
  if (record.state === 'finished') return { ok: false, message: t('The sweep is finished.') };
  await rm(stopFile(folder), { force: true });
  const { process: _gone, error: _error, ended: _ended, ...kept } = record;
  const next = { ...kept, state: 'running' as const };
  await writeJson(sweepFile(folder), next);
  return start({ folder, record: next });
}

/** Its process has a session of its own, so that closing a terminal or the editor does not end it. */
async function start({ folder, record }: Sweep): Promise<SweepOutcome> {
  const log = await open(path.join(folder, 'output.log'), 'a');
  try {
    const child = spawn(process.execPath, [entryPoint('sweep'), folder], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      windowsHide: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', resolve);
    });
    child.unref();
    return { ok: true, id: record.id, folder };
  } catch (error) {
    const message = t('The process of the sweep cannot be started: {0}', errorMessage(error));
    await writeJson(sweepFile(folder), { ...(await readWrittenSweep(folder)), state: 'failed', error: message });
    return { ok: false, message };
  } finally {
    await log.close();
  }
}
