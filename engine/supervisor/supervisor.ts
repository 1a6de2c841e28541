import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../core/l10n';
import { completed } from '../../core/runs/completion';
import type { Attempt, ProcessIdentity, RunRecord } from '../../core/runs/record';
import { parseProgress, parseResult } from '../../core/runs/result';
import { enterState, isActive } from '../../core/runs/states';
import { errorCode, errorMessage } from '../errors';
import { EventFolder } from '../events';
import { overwriteJsonSync, writeJson } from '../files';
import { diskProblem } from '../runs/diskProblem';
import { gitState } from '../runs/git';
import { lastLineOf } from '../runs/lastLine';
import { metricsOfLogs } from '../runs/logMetrics';
import { groupIsAlive, processIdentity, signalGroup } from '../runs/process';
import { commandOf } from '../runs/program';
import { stopFile } from '../runs/stop';
import { readWrittenRecord, recordFile } from '../runs/store';
import { fingerprints } from './fingerprints';

/** Milliseconds between two looks at what the command has written. */
const interval = 500;

/** Milliseconds that a command has to end after it was asked to, when nobody waits who would end it. */
const patience = 60_000;

/** One attempt at a run, from the start of its command to the end of all its processes. */
export class Supervisor {
  private record!: RunRecord;
  private worker: ProcessIdentity | undefined;
  private readonly events: EventFolder;
  private stopAsked = false;
  private killed: NodeJS.Timeout | undefined;
  private written: Promise<void> = Promise.resolve();
  /** Why the record could not be written the last time, in a sentence. */
  private refusal: string | undefined;

  constructor(private readonly folder: string) {
    this.events = new EventFolder(folder);
  }

  /** Resolves with an exit status: 0 when the run is finished or stopped. */
  async run(): Promise<number> {
    this.record = await readWrittenRecord(this.folder);
    await this.update({
      process: await processIdentity(),
      attempts: [...(this.record.attempts ?? []), this.attempt()],
    });
    let log: FileHandle | undefined;
    try {
      if (this.refusal !== undefined) throw new Refusal(this.refusal);
      log = await this.prepare();
      const exit = await this.supervise(log);
      await this.endGroup();
      await this.complete(exit);
    } catch (error) {
      await this.endGroup();
      await this.fail(this.problemOf(error));
    } finally {
      await log?.close();
    }
    return this.record.state === 'failed' ? 1 : 0;
  }

  /** Asks the whole process group to end; it is ended when it takes too long. */
  stop(): void {
    if (this.stopAsked) return;
    this.stopAsked = true;
    // Windows has no signal that a program can answer: our trainer sees the file that asks it to stop.
    if (process.platform !== 'win32') void this.signal('SIGTERM');
    this.killed = setTimeout(() => void this.signal('SIGKILL'), patience);
  }

  /** Tells the command to make a checkpoint and to make room. */
  preempt(): void {
    void this.signal('SIGUSR1');
  }

  /** The log, in a folder where nothing of an earlier attempt could be taken for this one's. */
  private async prepare(): Promise<FileHandle> {
    try {
      await rm(path.join(this.folder, 'result.json'), { force: true });
      return await open(path.join(this.folder, 'output.log'), 'a');
    } catch (error) {
      throw new Refusal(diskProblem(error, this.folder) ?? errorMessage(error));
    }
  }

  private async supervise(log: FileHandle): Promise<Exit> {
    const child = start(this.record, this.folder, log.fd);
    const exited = exitOf(child);
    await spawned(child);
    this.worker = await processIdentity(child.pid);
    await this.update({ ...enterState(this.record, 'running', new Date()), worker: this.worker });
    if (this.stopAsked && process.platform !== 'win32') await this.signal('SIGTERM');
    const described = this.describe().catch(() => undefined);
    let exit: Exit | undefined;
    void exited.then((value) => {
      exit = value;
    });
    while (!exit) {
      await Promise.race([exited, sleep(interval)]);
      if (!this.stopAsked && (existsSync(stopFile(this.folder)) || this.isRemoved())) this.stop();
      await this.mirrorProgress();
    }
    await described;
    return exit;
  }

  /** Nobody could stop a run any more whose folder was removed. */
  private isRemoved(): boolean {
    return !existsSync(this.folder) && existsSync(path.dirname(this.folder));
  }

  /** What takes a while to find out and nothing waits for. */
  private async describe(): Promise<void> {
    const { scheme, launch } = this.record;
    const folder = launch?.projectFolder ?? path.dirname(scheme.path);
    const [git, data] = await Promise.all([
      this.record.git ?? gitState(folder, path.dirname(this.folder)),
      fingerprints(this.folder, this.record),
    ]);
    await this.update({ ...(git && { git }), ...data });
  }

  private async mirrorProgress(): Promise<void> {
    const text = await readFile(path.join(this.folder, 'progress.json'), 'utf8').catch(() => undefined);
    const progress = parseProgress(text);
    if (progress && progress.updated !== this.record.progress?.updated) return this.update({ progress });
    if (progress || !(await this.events.refresh().catch(() => false))) return;
    await this.update({ metrics: await metricsOfLogs(this.events) });
  }

  /** What the command left behind in its group, a data loader for example, ends with it. */
  private async endGroup(): Promise<void> {
    clearTimeout(this.killed);
    if (!this.worker) return;
    for (const [name, limit] of [
      ['SIGTERM', 2000],
      ['SIGKILL', 3000],
    ] as const) {
      if (!(await groupIsAlive(this.worker))) return;
      await this.signal(name);
      for (const end = Date.now() + limit; Date.now() < end && (await groupIsAlive(this.worker)); ) await sleep(50);
    }
  }

  private async complete(exit: Exit): Promise<void> {
    const stopAsked = this.stopAsked || existsSync(stopFile(this.folder));
    const [reason, result, metrics, lastLine] = await Promise.all([
      this.whyFailed(exit),
      readFile(path.join(this.folder, 'result.json'), 'utf8').then(parseResult, () => undefined),
      metricsOfLogs(this.events),
      lastLineOf(path.join(this.folder, 'output.log')),
    ]);
    const ending = {
      time: new Date(),
      exit,
      stopAsked,
      metrics,
      ...(reason !== undefined && { reason }),
      ...(result && { result }),
      ...(lastLine && { lastLine }),
    };
    await rm(stopFile(this.folder), { force: true }).catch(() => undefined);
    await this.update(completed(this.record, ending));
  }

  /** Whether the disk was the reason that a command failed is told by whether it takes the record, as that is now. */
  private async whyFailed({ code }: Exit): Promise<string | undefined> {
    if (code === 0) return undefined;
    await this.update({});
    return this.refusal;
  }

  private async fail(message: string): Promise<void> {
    await this.update({ ...enterState(this.record, 'failed', new Date(), message), error: message });
  }

  private problemOf(error: unknown): string {
    if (error instanceof Refusal) return error.message;
    if (!this.worker) return t('The command cannot be started: {0}', startProblem(this.record, error));
    return t('An unexpected error ended the training: {0}. output.log has the details.', errorMessage(error));
  }

  private async signal(name: NodeJS.Signals): Promise<void> {
    if (this.worker) await signalGroup(this.worker, name);
  }

  private attempt(): Attempt {
    return { number: (this.record.attempts?.length ?? 0) + 1, started: new Date().toISOString(), host: os.hostname() };
  }

  /**
   * The only writer of the record while the run goes on; one write after the other, so that the last one stays. What the disk
   * refuses is written with the next change: a command that can do without room goes on.
   */
  private update(change: Partial<RunRecord>): Promise<void> {
    const record = { ...this.record, ...change };
    this.record = record;
    this.written = this.written.then(() => this.write(record));
    return this.written;
  }

  private async write(record: RunRecord): Promise<void> {
    this.refusal = undefined;
    try {
      await writeJson(recordFile(this.folder), record);
    } catch (error) {
      this.refusal = diskProblem(error, this.folder) ?? errorMessage(error);
      if (!isActive(record)) this.writeInPlace(record);
    }
  }

  /** The end of a run. Where not even this can be written, output.log has a sentence for whoever reads the record. */
  private writeInPlace(record: RunRecord): void {
    try {
      overwriteJsonSync(recordFile(this.folder), record);
    } catch {
      console.error(t('Failed: {0}', record.error ?? this.refusal ?? ''));
    }
  }
}

/** The run's folder takes nothing; the message is a sentence for a person. */
class Refusal extends Error {}

interface Exit {
  readonly code: number | null;
  readonly signal?: string;
}

function start(record: RunRecord, folder: string, log: number): ChildProcess {
  const { argv, cwd, env } = commandOf(record, folder);
  const [program, ...args] = argv;
  return spawn(program!, args, {
    cwd,
    env,
    // A process group of its own, which a stop reaches as a whole.
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, ...(signal && { signal }) }));
  });
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', resolve);
  });
}

function startProblem({ argv }: RunRecord, error: unknown): string {
  if (errorCode(error) === 'ENOENT') return t('there is no program "{0}".', argv[0] ?? '');
  if (errorCode(error) === 'EACCES') return t('"{0}" may not be executed.', argv[0] ?? '');
  return errorMessage(error);
}
