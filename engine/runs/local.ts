import { spawn } from 'node:child_process';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { enterState } from '../../core/runs/states';
import type { LocalTarget } from '../../core/runs/target';
import { entryPoint } from '../entryPoint';
import { errorMessage } from '../errors';
import { writeJson } from '../files';
import { chooseGpus } from '../targets/chooseGpus';
import { createRun, type NewRun } from './create';
import { dataPaths } from './dataPaths';
import type { LaunchOutcome, RunOptions } from './options';
import { programOf } from './program';
import { stopFile } from './stop';
import { readWrittenRecord, recordFile } from './store';

/**
 * Starts our PyTorch trainer or a command on this machine, under a supervisor that outlives this process and keeps the run's
 * record. Resolves as soon as the supervisor runs.
 */
export async function launchLocal(options: RunOptions, target: LocalTarget): Promise<LaunchOutcome> {
  const gpus = await chooseGpus(options.gpus ?? target.gpus ?? 'auto', options.runsFolder);
  if (!gpus.ok) return gpus;
  const { trainer, argv } = programOf(target, options.command);
  const schemeFolder = path.dirname(path.resolve(options.schemeFile));
  const created = await createRun({
    ...options,
    target: target.name,
    trainer,
    argv: () => argv,
    gpus: gpus.indices,
    launch: (scheme) => ({
      target,
      ...(options.command && { command: options.command }),
      projectFolder: path.resolve(options.projectFolder ?? schemeFolder),
      ...dataPaths(scheme, target.dataRoot ?? schemeFolder),
    }),
  });
  return created.ok ? startSupervisor(created.run) : created;
}

/** Starts the command of a run again, in the same folder. */
export async function resumeLocal(folder: string, record: RunRecord): Promise<LaunchOutcome> {
  const target = record.launch?.target;
  if (target?.kind !== 'local') return { ok: false, message: t('The record does not say how the run was started.') };
  const gpus = await chooseGpus(target.gpus ?? 'auto', path.dirname(folder));
  if (!gpus.ok) return gpus;
  await rm(stopFile(folder), { force: true });
  const { process: _process, worker: _worker, exit: _exit, error: _error, ...kept } = record;
  const { argv } = programOf(target, record.launch?.command);
  const number = (record.attempts?.length ?? 0) + 1;
  const starting = enterState(kept, 'starting', new Date(), t('Resumed: attempt {0}.', number));
  const next = { ...starting, argv, ...(gpus.indices && { gpus: gpus.indices }) };
  await writeJson(recordFile(folder), next);
  return startSupervisor({ folder, record: next });
}

async function startSupervisor({ folder, record }: Pick<NewRun, 'folder' | 'record'>): Promise<LaunchOutcome> {
  let log: FileHandle | undefined;
  try {
    log = await open(path.join(folder, 'output.log'), 'a');
    await spawnSupervisor(folder, log.fd);
    return { ok: true, id: record.id, folder };
  } catch (error) {
    const message = t('The training process cannot be started: {0}', errorMessage(error));
    const failed = enterState(await readWrittenRecord(folder), 'failed', new Date(), message);
    await writeJson(recordFile(folder), { ...failed, error: message });
    return { ok: false, message };
  } finally {
    await log?.close();
  }
}

/** A session of its own, so that closing a terminal or the editor does not end it. */
function spawnSupervisor(folder: string, log: number): Promise<void> {
  const child = spawn(process.execPath, [entryPoint('supervisor'), folder], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
