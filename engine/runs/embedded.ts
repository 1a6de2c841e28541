import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import { type Device, isDevice } from '../../core/runs/device';
import type { RunRecord } from '../../core/runs/record';
import { enterState } from '../../core/runs/states';
import { entryPoint } from '../entryPoint';
import { errorMessage } from '../errors';
import { writeJson } from '../files';
import { continueFrom } from './continuation';
import { createRun, type NewRun } from './create';
import type { LaunchOptions, LaunchOutcome } from './options';
import { stopFile } from './stop';
import { readWrittenRecord, recordFile } from './store';

/**
 * Starts an embedded training: checks the scheme, makes the run's folder and starts the trainer there, in a process of its own
 * that outlives this one. Resolves as soon as that process runs; what becomes of it stands in the run's record. Nothing is left
 * behind when the scheme is wrong or the folder cannot be made.
 */
export async function launchEmbedded(options: LaunchOptions): Promise<LaunchOutcome> {
  const { threads, device, continues, ...rest } = options;
  const created = await createRun({
    ...rest,
    target: 'embedded',
    trainer: 'embedded',
    argv: (folder) => trainerCommand(folder, { threads, device }),
  });
  if (!created.ok) return created;
  return continues === undefined ? start(created.run) : startFrom(continues, created.run);
}

async function startFrom(earlier: string, run: NewRun): Promise<LaunchOutcome> {
  try {
    return await start(await continueFrom(earlier, run));
  } catch (error) {
    await rm(run.folder, { recursive: true, force: true });
    return { ok: false, message: t('The run cannot go on from {0}: {1}', earlier, errorMessage(error)) };
  }
}

/**
 * Continues an embedded run that was stopped, failed or was killed, from its last checkpoint, in the same folder; the result is
 * the same, bit for bit, as if it had never been interrupted (with the same number of threads).
 */
export async function resumeEmbedded(
  folder: string,
  record: RunRecord,
  options: Pick<LaunchOptions, 'threads' | 'device'>,
): Promise<LaunchOutcome> {
  if (!existsSync(path.join(folder, 'checkpoints', 'last.safetensors')))
    return { ok: false, message: t('The run has no checkpoint to go on from. Start a new run.') };
  await rm(stopFile(folder), { force: true });
  const { process: _old, exit: _exit, error: _error, ...kept } = record;
  const argv = trainerCommand(folder, { device: deviceOf(record), ...options });
  const next = { ...enterState(kept, 'starting', new Date(), t('Resumed from the last checkpoint.')), argv };
  await writeJson(recordFile(folder), next);
  return start({ folder, record: next });
}

function trainerCommand(folder: string, { threads, device }: Pick<LaunchOptions, 'threads' | 'device'>): string[] {
  const options = [
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
    ...(device === undefined ? [] : ['--device', device]),
  ];
  return [process.execPath, entryPoint('trainer'), folder, ...options];
}

/** What the run was computed on before. */
function deviceOf({ argv }: RunRecord): Device | undefined {
  const name = argv[argv.indexOf('--device') + 1];
  return argv.includes('--device') && name !== undefined && isDevice(name) ? name : undefined;
}

async function start({ folder, record }: Pick<NewRun, 'folder' | 'record'>): Promise<LaunchOutcome> {
  let log: FileHandle | undefined;
  try {
    log = await open(path.join(folder, 'output.log'), 'a');
    await spawned(spawnTrainer(record.argv, folder, log.fd));
    return { ok: true, id: record.id, folder };
  } catch (error) {
    const message = t('The training process cannot be started: {0}', errorMessage(error));
    await writeJson(recordFile(folder), {
      ...enterState(await readWrittenRecord(folder), 'failed', new Date(), message),
      error: message,
    });
    return { ok: false, message };
  } finally {
    await log?.close();
  }
}

/** A session of its own, so that closing a terminal or the editor does not end it. The editor's runtime is Node when told so. */
function spawnTrainer([program, ...args]: readonly string[], folder: string, log: number): ChildProcess {
  return spawn(program!, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    windowsHide: true,
  });
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
