import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../../core/l10n';
import type { RunRecord } from '../../core/runs/record';
import { enterState, isActive } from '../../core/runs/states';
import type { Diagnostic } from '../../core/scheme/diagnostics';
import { entryPoint } from '../entryPoint';
import { errorMessage } from '../errors';
import { writeJson } from '../files';
import { createRun, type NewRun } from './create';
import { stopFile } from './stop';
import { readRecord, readWrittenRecord, recordFile } from './store';

export interface LaunchOptions {
  readonly schemeFile: string;
  /** The scheme's text, when an editor holds a newer one than the file. */
  readonly schemeText?: string;
  /** `model.learning_rate` to its value, for this run only. */
  readonly overrides?: Record<string, unknown>;
  readonly runsFolder: string;
  readonly name?: string;
  readonly purpose?: string;
  /** Id of the run that this one is compared with. */
  readonly parent?: string;
  /** The sweep that starts it, and which of its trials it is. */
  readonly sweep?: RunRecord['sweep'];
  /** Of ONNX Runtime; by default three quarters of the processors. */
  readonly threads?: number;
}

export type LaunchOutcome =
  | { readonly ok: true; readonly id: string; readonly folder: string }
  /** `diagnostics`: the scheme's errors, when it is the scheme that is wrong. */
  | { readonly ok: false; readonly message: string; readonly diagnostics?: Diagnostic[] };

/**
 * Starts an embedded training: checks the scheme, makes the run's folder and starts the trainer there, in a process of its own
 * that outlives this one. Resolves as soon as that process runs; what becomes of it stands in the run's record. Nothing is left
 * behind when the scheme is wrong or the folder cannot be made.
 */
export async function launchEmbedded(options: LaunchOptions): Promise<LaunchOutcome> {
  const { threads, ...rest } = options;
  const created = await createRun({
    ...rest,
    target: 'embedded',
    trainer: 'embedded',
    argv: (folder) => trainerCommand(folder, threads),
  });
  if (!created.ok) return created;
  return start(created.run);
}

/**
 * Continues an embedded run that was stopped, failed or was killed, from its last checkpoint, in the same folder; the result is
 * the same, bit for bit, as if it had never been interrupted (with the same number of threads). Throws `InputError` when there
 * is no run.
 */
export async function resumeRun(folder: string, threads?: number): Promise<LaunchOutcome> {
  const record = await readRecord(folder);
  const problem = whyNotResumed(folder, record);
  if (problem !== undefined) return { ok: false, message: problem };
  await rm(stopFile(folder), { force: true });
  const { process: _old, exit: _exit, error: _error, ...kept } = record;
  const argv = trainerCommand(folder, threads);
  const next = { ...enterState(kept, 'starting', new Date(), t('Resumed from the last checkpoint.')), argv };
  await writeJson(recordFile(folder), next);
  return start({ folder, record: next });
}

function whyNotResumed(folder: string, record: RunRecord): string | undefined {
  if (record.trainer !== 'embedded') return t('Only embedded runs can be resumed.');
  if (isActive(record)) return t('The run is still going on.');
  if (record.state === 'finished')
    return t('The run is finished. To train longer, raise model.iteration and start a new run.');
  if (!existsSync(path.join(folder, 'checkpoints', 'last.safetensors')))
    return t('The run has no checkpoint to go on from. Start a new run.');
  return undefined;
}

function trainerCommand(folder: string, threads: number | undefined): string[] {
  const options = threads === undefined ? [] : ['--threads', String(threads)];
  return [process.execPath, entryPoint('trainer'), folder, ...options];
}

async function start({ folder, record }: NewRun): Promise<LaunchOutcome> {
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
